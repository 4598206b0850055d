import { useId, type ReactNode } from 'react'
import './Switch.css'

interface Props {
  readonly heading: string
  readonly label: string
  /** What it does, and what it costs. */
  readonly how: string
  readonly testId: string
  readonly isOn: boolean
  /** It is not for people here to say. */
  readonly isFixed?: boolean
  readonly onChange: (isOn: boolean) => void
  readonly children?: ReactNode
}

/** Something that people say once for this device, under a heading of its own. */
export function Switch({ heading, label, how, testId, isOn, isFixed = false, onChange, children }: Props) {
  const headingId = useId()
  const howId = useId()
  return (
    <section className="switch-part" aria-labelledby={headingId}>
      <h3 id={headingId}>{heading}</h3>
      <label className="switch">
        <input
          type="checkbox"
          role="switch"
          data-testid={testId}
          aria-describedby={howId}
          checked={isOn}
          disabled={isFixed}
          onChange={({ currentTarget }) => onChange(currentTarget.checked)}
        />
        {label}
      </label>
      <p id={howId}>{how}</p>
      {children}
    </section>
  )
}
