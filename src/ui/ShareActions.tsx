import type { Session } from '../app/session.ts'
import type { ShareView } from '../app/view.ts'
import type { ShareId } from '../shared/ids.ts'
import { Icon } from './Icon.tsx'
import { useSession } from './SessionContext.tsx'
import { actionsFor, type ShareAction } from './shareStatus.ts'
import { words } from './words/words.ts'

const act: Record<ShareAction, (session: Session, share: ShareId) => void> = {
  download: (session, share) => session.download(share),
  pause: (session, share) => session.pause(share),
  resume: (session, share) => session.resume(share),
  cancel: (session, share) => session.cancel(share),
  save: (session, share) => session.save(share),
  remove: (session, share) => session.remove(share),
}

type Look = 'button primary' | 'button' | 'icon-button'

function lookOf(action: ShareAction, share: ShareView): Look {
  switch (action) {
    case 'download':
      return 'button primary'
    case 'save':
      return share.saved ? 'button' : 'button primary'
    case 'pause':
    case 'resume':
      return 'button'
    case 'cancel':
    case 'remove':
      return 'icon-button'
  }
}

/** What can be done now: the likeliest as a button with words, the rest as quiet icons. */
export function ShareActions({ share }: { share: ShareView }) {
  const session = useSession()
  return (
    <div className="share-actions">
      {actionsFor(share).map((action) => {
        const look = lookOf(action, share)
        const isQuiet = look === 'icon-button'
        const label = actionWords(action, share)
        return (
          <button
            key={action}
            type="button"
            className={look}
            data-testid={action}
            aria-label={words.share.actionOn(label, share.name)}
            title={isQuiet ? label : undefined}
            disabled={action === 'save' && share.savingBytes !== null}
            onClick={() => act[action](session, share.share)}
          >
            <Icon name={action} />
            {!isQuiet && label}
          </button>
        )
      })}
    </div>
  )
}

function actionWords(action: ShareAction, share: ShareView): string {
  if (action === 'resume' && share.trouble?.code === 'filesAway') return words.share.actions.shareAgain
  if (action === 'resume' && share.state === 'failed') return words.share.actions.tryAgain
  if (action === 'save' && share.saved) return words.share.actions.saveAgain
  if (action === 'remove' && share.mine) return words.share.actions.removeOwn
  return words.share.actions[action]
}
