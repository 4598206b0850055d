import { lanesContract } from './lanesContract.ts'
import { linkContract } from './linkContract.ts'
import { webrtcHidingContract } from './webrtcHidingContract.ts'
import { webrtcLanesContract } from './webrtcLanesContract.ts'
import { webrtcLinkContract } from './webrtcLinkContract.ts'

/** Everything a link over simple-peer must do. */
export const simplePeerLinkCases = [
  ...linkContract,
  ...lanesContract,
  ...webrtcLinkContract,
  ...webrtcLanesContract,
  ...webrtcHidingContract,
]
