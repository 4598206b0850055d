import { useState } from 'react'
import { wordsOf } from '../app/deviceWords.ts'
import type { MemberView } from '../app/view.ts'
import type { DeviceId } from '../shared/ids.ts'
import { Icon } from './Icon.tsx'
import './MemberPanel.css'
import { useSession } from './SessionContext.tsx'
import { useMe } from './useView.ts'
import { laterWords } from './words/laterWords.ts'
import { shortName } from './words/names.ts'
import { words } from './words/words.ts'

/** How a member is connected, what is known of it, the words to compare with it, and the way to forget it. */
export function MemberPanel({ member }: { member: MemberView }) {
  const { isThisDevice } = member.acquaintance
  return (
    <div className="member-panel">
      <p className="soft" data-testid="member-path">
        {laterWords.panel.path(member.state)}
      </p>
      {isThisDevice ? (
        <p className="soft">{laterWords.panel.thisBrowser}</p>
      ) : (
        <>
          <Acquaintance member={member} />
          <Comparison member={member} />
          <Forgetting member={member} />
        </>
      )}
    </div>
  )
}

function Acquaintance({ member }: { member: MemberView }) {
  const { met, likeness } = member.acquaintance
  return (
    <div>
      <p className="soft">{met ? `${words.members.met(member.name, met)}.` : laterWords.panel.stranger}</p>
      {likeness && (
        <p className="panel-likeness">
          {words.members.likeness(likeness)}. {laterWords.panel.chance}
        </p>
      )}
    </div>
  )
}

function Comparison({ member }: { member: MemberView }) {
  const me = useMe()
  const session = useSession()
  const { panel } = laterWords
  if (member.deviceId === null || me.deviceId === null) return <p>{panel.noWords}</p>
  return (
    <section className="comparison">
      <h3>{panel.heading}</h3>
      <p>{panel.how}</p>
      <DeviceWords
        heading={panel.theirs(shortName(member.name) || words.unnamed)}
        device={member.deviceId}
        testId="their-words"
      />
      <DeviceWords heading={panel.own} device={me.deviceId} testId="own-words" />
      {member.acquaintance.isCompared ? (
        <div className="comparison-end">
          <p className="comparison-matched">
            <Icon name="done" />
            {panel.matched}
          </p>
          <button
            type="button"
            className="button"
            data-testid="words-take-back"
            onClick={() => session.compared(member.peer, false)}
          >
            {panel.takeBack}
          </button>
        </div>
      ) : (
        <div className="comparison-end">
          <button
            type="button"
            className="button primary"
            data-testid="words-match"
            onClick={() => session.compared(member.peer, true)}
          >
            {panel.match}
          </button>
          <p className="soft">{panel.differ}</p>
        </div>
      )}
    </section>
  )
}

interface DeviceWordsProps {
  readonly heading: string
  readonly device: DeviceId
  readonly testId: string
}

/** Numbered, so that two who read them out do not lose their place. */
function DeviceWords({ heading, device, testId }: DeviceWordsProps) {
  return (
    <div>
      <h4>{heading}</h4>
      <ol className="device-words" lang="en" dir="ltr" data-testid={testId}>
        {wordsOf(device).map((word, at) => (
          // oxlint-disable-next-line react/no-array-index-key -- a word may come twice, and its place is what it is known by
          <li key={at}>{word}</li>
        ))}
      </ol>
    </div>
  )
}

function Forgetting({ member }: { member: MemberView }) {
  const session = useSession()
  const [isForgotten, setForgotten] = useState(false)
  const { isRemembered } = member.acquaintance
  const forget = (): void => {
    session.forget(member.peer)
    setForgotten(true)
  }
  return (
    <div className="forgetting">
      {isRemembered && (
        <button type="button" className="button quiet" data-testid="forget-device" onClick={forget}>
          <Icon name="remove" />
          {laterWords.panel.forget}
        </button>
      )}
      <p role="status" className="soft">
        {isForgotten && !isRemembered && laterWords.panel.forgotten}
      </p>
    </div>
  )
}
