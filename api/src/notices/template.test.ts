import { noticeLanguageSchema, noticeStepSchema } from '@fanari/contracts'
import { describe, expect, test } from 'vitest'
import { englishTemplates } from './english-templates.ts'
import { greekTemplates } from './greek-templates.ts'
import { faultsOf, renderNotice, type VariableName, variablesOf } from './template.ts'

const templates = { el: greekTemplates, en: englishTemplates }
const everyTemplate = noticeStepSchema.options.flatMap((step) =>
  noticeLanguageSchema.options.map((language) => ({ step, language, template: templates[language][step] })),
)

/** What somebody might type where a street is asked for. */
const hostile = `<script>alert('1')</script>"><img src=x onerror=1>\r\nBcc: all@example.org\r\n\r\n\u202Egnp.exe\u0000 https://evil.example/x www.evil.example {{municipality}} &amp;`

describe('every template, in both languages', () => {
  test.each(everyTemplate)('$step in $language names only what its step has', ({ step, template }) => {
    expect(faultsOf(step, template)).toEqual([])
  })

  test.each(everyTemplate)('$step in $language stands whole with all its values', ({ step, template }) => {
    const all = Object.fromEntries(variablesOf[step].map((name) => [name, exampleOf(name)]))
    const message = renderNotice(template, all)
    const parts = [message.subject, message.text, message.html, message.sms]
    for (const part of parts) {
      expect(part).not.toMatch(/\{\{|\}\}|undefined/)
      expect(part.length).toBeGreaterThan(5)
    }
    expect(parts.join(' ')).not.toMatch(/duplicate|διπλότυπ/i)
  })

  test.each(everyTemplate)('$step in $language is not to be broken out of', ({ step, template }) => {
    const all = Object.fromEntries(
      variablesOf[step].map((name) => [name, name.endsWith('Url') ? exampleOf(name) : hostile]),
    )
    const { subject, text, html, sms } = renderNotice(template, all)
    for (const line of [subject, sms]) expect(line).not.toMatch(/[\p{Cc}\u202E]/u)
    expect(text.split('\n').some((line) => line.startsWith('Bcc:'))).toBe(false)
    for (const part of [subject, text, html, sms]) {
      for (const trick of ['\u202E', '\u0000', 'https://evil', 'www.evil']) expect(part).not.toContain(trick)
    }
    const tags = new Set([...html.matchAll(/<\/?([a-z]+)/gi)].map(([, tag]) => tag))
    expect([...tags].filter((tag) => !['p', 'br', 'a'].includes(tag ?? ''))).toEqual([])
    expect([...html.matchAll(/href="([^"]*)"/g)].every(([, link]) => link?.startsWith('https://fanari.example/'))).toBe(
      true,
    )
  })
})

const exampleOf = (name: VariableName) =>
  name.endsWith('Url') ? `https://fanari.example/${name}?a=1&b=2` : `value of ${name}`

test('a line with a value that there is not is left out, and what is left stands in paragraphs', () => {
  const template = { subject: 'S', text: 'first\nby {{dueAt}}\n\n{{known}}\n\nlast {{place}}', sms: 'a\n{{known}}\nb' }
  const { text, html, sms } = renderNotice(template, { place: 'Main St & Co' })
  expect(text).toBe('first\n\nlast Main St & Co')
  expect(html).toBe('<p>first</p>\n<p>last Main St &amp; Co</p>')
  expect(sms).toBe('a b')
})

test.each([
  ['{{password}}', 'password'],
  ['{{ answerUrl }} {{Answerurl}}', 'Answerurl'],
  ['{{}}', ''],
])('words that name %s are refused', (text, named) => {
  const faults = faultsOf('received', { subject: 'x', text, sms: 'x' })
  expect(faults).toEqual([{ path: 'text', message: expect.stringContaining(`{{${named}}} is none of municipality,`) }])
})
