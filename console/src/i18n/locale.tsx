import { createContext, type ReactNode, useContext, useEffect, useMemo } from 'react'
import { el, type Messages } from './el.ts'
import { en } from './en.ts'
import { createFormats, type Formats, type Language } from './format.ts'

export interface Locale {
  language: Language
  text: Messages
  format: Formats
}

const tables = { el, en } as const satisfies Record<Language, Messages>

/** The locale of a language, with times on the clocks of `timeZone`. */
const createLocale = (language: Language, timeZone: string): Locale => ({
  language,
  text: tables[language],
  format: createFormats(language, timeZone),
})

const LocaleContext = createContext<Locale | null>(null)

export const LocaleProvider = ({
  language,
  timeZone,
  children,
}: {
  language: Language
  timeZone: string
  children: ReactNode
}) => {
  const locale = useMemo(() => createLocale(language, timeZone), [language, timeZone])
  useEffect(() => {
    document.documentElement.lang = language
    document.title = locale.text.pageTitle
  }, [language, locale])
  return <LocaleContext value={locale}>{children}</LocaleContext>
}

export const useLocale = (): Locale => {
  const locale = useContext(LocaleContext)
  if (locale === null) throw new Error('useLocale needs a LocaleProvider above it')
  return locale
}
