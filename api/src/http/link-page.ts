import { escapeHtml } from '../notices/template.ts'

/** What a page behind a link of a message shows. Everything is text, and is escaped here. */
export interface LinkPage {
  language: 'el' | 'en'
  title: string
  lines: readonly string[]
  /** Buttons that act: each sends the page's own address again, by POST. */
  buttons?: readonly { name: string; value: string; label: string }[]
  /** What the buttons send along. */
  hidden?: Readonly<Record<string, string>>
}

/** A page that works without the console, without scripts and in any browser: a citizen has come from a mail or a text message. */
export const linkPage = ({ language, title, lines, buttons = [], hidden = {} }: LinkPage): string => {
  const fields = Object.entries(hidden).map(
    ([name, value]) => `<input type="hidden" name="${escapeHtml(name)}" value="${escapeHtml(value)}">`,
  )
  const pressed = buttons.map(
    ({ name, value, label }) =>
      `<button type="submit" name="${escapeHtml(name)}" value="${escapeHtml(value)}">${escapeHtml(label)}</button>`,
  )
  const form = buttons.length === 0 ? '' : `<form method="post">${fields.join('')}\n${pressed.join('\n')}\n</form>`
  return `<!doctype html>
<html lang="${language}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="robots" content="noindex">
<title>${escapeHtml(title)}</title>
<style>
body { font: 1.1rem/1.6 system-ui, sans-serif; max-width: 36rem; margin: 2rem auto; padding: 0 1rem; color: #1a1a1a; background: #fff }
button { font: inherit; min-height: 3rem; padding: 0.5rem 1.25rem; margin: 0.25rem 0.5rem 0.25rem 0; border: 2px solid #1a1a1a; border-radius: 0.5rem; background: #fff; color: #1a1a1a; cursor: pointer }
button:focus-visible { outline: 3px solid #0b57d0; outline-offset: 2px }
</style>
</head>
<body>
<main>
<h1>${escapeHtml(title)}</h1>
${lines.map((line) => `<p>${escapeHtml(line)}</p>`).join('\n')}
${form}
</main>
</body>
</html>
`
}
