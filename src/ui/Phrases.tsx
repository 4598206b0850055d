import { Fragment } from 'react'

/** Short phrases in a row, each kept on one line where there is room. */
export function Phrases({ phrases }: { phrases: readonly string[] }) {
  const last = phrases.length - 1
  return phrases.map((phrase, at) => (
    <Fragment key={phrase}>
      <span className="phrase">{at < last ? `${phrase} ·` : phrase}</span>
      {at < last && ' '}
    </Fragment>
  ))
}
