/** What a language says for each of its plural forms; `#` stands for the number. `other` is always there. */
export type PluralForms = Readonly<Partial<Record<Intl.LDMLPluralRule, string>> & { other: string }>

/** Picks the form by the language's own rules (CLDR, through Intl.PluralRules). */
export function pluralFor(
  locale: string,
  formatCount: (count: number) => string,
): (count: number, forms: PluralForms) => string {
  let rules: Intl.PluralRules | null = null
  return (count, forms) => {
    rules ??= new Intl.PluralRules(locale)
    return (forms[rules.select(count)] ?? forms.other).replaceAll('#', formatCount(count))
  }
}
