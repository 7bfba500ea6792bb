/**
 * A number in E.164 (`+306912345678`) that can take a text message; `null`: it cannot. Numbers without a country are Greek, and of those
 * only mobiles (69…) take messages: one to a fixed line costs and arrives nowhere. Short numbers such as 112 take none.
 */
export const mobileOf = (text: string): string | null => {
  const isInternational = /^\s*(\+|00)/.test(text)
  const digits = text.replaceAll(/\D/g, '').replace(isInternational ? /^00/ : /^$/, '')
  const national = isInternational
    ? digits.startsWith('30')
      ? digits.slice(2)
      : null
    : digits.replace(/^30(?=\d{10}$)/, '')
  if (national === null) return digits.length >= 8 && digits.length <= 15 ? `+${digits}` : null
  return /^69\d{8}$/.test(national) ? `+30${national}` : null
}
