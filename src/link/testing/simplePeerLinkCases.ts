import { byHandContract, webrtcByHandContract } from './byHandContract.ts'
import { lanesContract } from './lanesContract.ts'
import { linkContract } from './linkContract.ts'
import { webrtcHidingContract } from './webrtcHidingContract.ts'
import { restartContract } from './restartContract.ts'
import { webrtcLanesContract } from './webrtcLanesContract.ts'
import { webrtcLinkContract } from './webrtcLinkContract.ts'
import { webrtcRestartContract } from './webrtcRestartContract.ts'

/** Everything a link over simple-peer must do. */
export const simplePeerLinkCases = [
  ...linkContract,
  ...lanesContract,
  ...restartContract,
  ...byHandContract,
  ...webrtcLinkContract,
  ...webrtcLanesContract,
  ...webrtcHidingContract,
  ...webrtcRestartContract,
  ...webrtcByHandContract,
]
