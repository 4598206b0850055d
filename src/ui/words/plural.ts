/** What a language says for each of its plural forms; `#` stands for the number. `other` is always there. */
export type PluralForms = Readonly<Partial<Record<Intl.LDMLPluralRule, string>> & { other: string }>

/** Picks the form by the language's own rules (CLDR, through Intl.PluralRules). */
export function pluralFor(
  locale: string,
  formatCount: (count: number) => string,
): (count: number, forms: PluralForms) => string {
  const rules = new Intl.PluralRules(locale)
  return (count, forms) => (forms[rules.select(count)] ?? forms.other).replaceAll('#', formatCount(count))
}
