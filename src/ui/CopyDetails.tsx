import './CopyDetails.css'
import { useCopying } from './copying.ts'
import { Icon } from './Icon.tsx'
import { words } from './words/words.ts'

/** Copies what whoever looks into a failure needs to know; where the browser refuses, shows it to be copied by hand. */
export function CopyDetails({ details }: { details: () => string }) {
  const [state, copy] = useCopying()
  return (
    <>
      <button
        type="button"
        className="button copy-details"
        data-testid="copy-details"
        onClick={() => void copy(details())}
      >
        <Icon name={state === 'copied' ? 'done' : 'copy'} />
        <span aria-live="polite">{state === 'copied' ? words.copied : words.notices.copyDetails}</span>
      </button>
      {state === 'refused' && (
        <label className="details-by-hand">
          {words.notices.detailsByHand}
          <textarea
            className="field"
            readOnly
            rows={4}
            dir="ltr"
            spellCheck={false}
            value={details()}
            onFocus={(event) => event.currentTarget.select()}
          />
        </label>
      )}
    </>
  )
}
