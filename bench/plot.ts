/** Draws the bench's picture: plain SVG, in colours that can be read on white and on black. */

export interface Point {
  readonly receivers: number
  readonly seconds: number
}

export interface Line {
  readonly name: string
  readonly points: readonly Point[]
  /** For what is computed, not measured. */
  readonly dashed?: boolean
}

const width = 760
const height = 440
const plot = { left: 64, right: width - 120, top: 52, bottom: height - 56 }
const ink = '#808080'
const colours = ['#c2571a', '#8a7a3c', '#1f8a5b', '#4a7fb5']
const labelGap = 18

/** Time of the last against the number of receivers, one line for each name. */
export function drawReceivers(lines: readonly Line[]): string {
  const points = lines.flatMap((line) => line.points)
  const stepSeconds = niceStep(Math.max(1, ...points.map(({ seconds }) => seconds)) / 5)
  const topSeconds =
    stepSeconds * Math.ceil(Math.max(1, ...points.map(({ seconds }) => seconds)) / stepSeconds)
  const receiversMax = Math.max(1, ...points.map(({ receivers }) => receivers))
  const x = (receivers: number) => plot.left + ((plot.right - plot.left) * receivers) / receiversMax
  const y = (seconds: number) => plot.bottom - ((plot.bottom - plot.top) * seconds) / topSeconds
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" font-family="system-ui, sans-serif" font-size="14">`,
    text(plot.left, 26, 'Seconds until the last has it: 12 MB, 4 Mbit/s up each', 'font-size="16"'),
    ...horizontals(stepSeconds, topSeconds, y),
    ...[...new Set(points.map(({ receivers }) => receivers))].map((receivers) =>
      text(x(receivers), plot.bottom + 24, String(receivers), 'text-anchor="middle"'),
    ),
    text((plot.left + plot.right) / 2, height - 10, 'receivers', 'text-anchor="middle"'),
    ...lines.flatMap((line, at) => drawLine(line, colours[at % colours.length] ?? ink, x, y)),
    ...labels(lines, x, y),
    '</svg>',
    '',
  ].join('\n')
}

type Scale = (value: number) => number

const text = (x: number, y: number, words: string, attributes = '', colour = ink): string =>
  `<text x="${round(x)}" y="${round(y)}" fill="${colour}" ${attributes}>${words}</text>`

const round = (value: number): number => Math.round(value * 10) / 10

function horizontals(stepSeconds: number, topSeconds: number, y: Scale): string[] {
  const count = Math.round(topSeconds / stepSeconds) + 1
  return Array.from({ length: count }, (_, at) => at * stepSeconds).flatMap((seconds) => [
    `<path d="M${plot.left} ${round(y(seconds))}H${plot.right}" stroke="${ink}" stroke-opacity="${seconds === 0 ? 1 : 0.3}"/>`,
    text(plot.left - 10, y(seconds) + 5, String(seconds), 'text-anchor="end"'),
  ])
}

function drawLine({ points, dashed }: Line, colour: string, x: Scale, y: Scale): string[] {
  const places = points.map(({ receivers, seconds }) => `${round(x(receivers))} ${round(y(seconds))}`)
  if (places.length === 0) return []
  const style = `fill="none" stroke="${colour}" stroke-width="2.5"${dashed ? ' stroke-dasharray="6 5"' : ''}`
  const dots = dashed
    ? []
    : points.map(
        ({ receivers, seconds }) =>
          `<circle cx="${round(x(receivers))}" cy="${round(y(seconds))}" r="4" fill="${colour}"/>`,
      )
  return [`<path d="M${places.join('L')}" ${style}/>`, ...dots]
}

/** At the end of each line, moved apart where lines end close together. */
function labels(lines: readonly Line[], x: Scale, y: Scale): string[] {
  const ends = lines
    .flatMap(({ name, points }, at) => {
      const end = points.at(-1)
      return end === undefined ? [] : [{ name, colour: colours[at % colours.length] ?? ink, end }]
    })
    .toSorted((one, other) => y(one.end.seconds) - y(other.end.seconds))
  let lowestY = Number.NEGATIVE_INFINITY
  return ends.map(({ name, colour, end }) => {
    lowestY = Math.max(y(end.seconds) + 5, lowestY + labelGap)
    return text(x(end.receivers) + 12, lowestY, name, 'font-weight="600"', colour)
  })
}

/** The least of 1, 2, 5, 10, 20, … that is not below. */
function niceStep(atLeast: number): number {
  const power = 10 ** Math.floor(Math.log10(atLeast))
  return [1, 2, 5, 10].map((factor) => factor * power).find((step) => step >= atLeast) ?? 10 * power
}
