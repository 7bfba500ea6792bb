import type { NoticeStep, NoticeTemplate } from '@fanari/contracts'

const about = `Request {{trackingCode}}: {{category}}
Place: {{place}}`
const follow = 'What becomes of it: {{statusUrl}}'
const ask = `{{question}}
Answer here: {{answerUrl}}`

/** What citizens and staff are told, in English, unless a municipality has words of its own. */
export const englishTemplates: Readonly<Record<NoticeStep, NoticeTemplate>> = {
  received: {
    subject: 'We have your request {{trackingCode}}',
    text: `Thank you. Your request is on record.

${about}
Service in charge: {{service}}
Expected by {{dueAt}}.

What was known already: {{known}}

Keep the code {{trackingCode}}; you can also say it on the telephone.
${follow}`,
    sms: `{{municipality}}: we have your request {{trackingCode}}.
{{known}}`,
  },
  answered: {
    subject: 'Your question {{trackingCode}} is answered',
    text: `Your question is on record and answered. Nothing more is needed.

${about}

${follow}`,
    sms: '{{municipality}}: question {{trackingCode}} is answered.',
  },
  assigned: {
    subject: 'A crew has your request {{trackingCode}}',
    text: `Your request was given to a crew.

${about}
Service in charge: {{service}}
Expected by {{dueAt}}.

${follow}`,
    sms: `{{municipality}}: a crew has request {{trackingCode}}.
Expected by {{dueAt}}.`,
  },
  scheduled: {
    subject: 'Work on your request {{trackingCode}} is planned',
    text: `The work on your request is planned.

${about}
When: {{scheduledFor}}

${follow}`,
    sms: '{{municipality}}: request {{trackingCode}} is planned for {{scheduledFor}}.',
  },
  forwarded: {
    subject: 'Your request {{trackingCode}} was passed on',
    text: `Your request was passed on to the service in charge. You need not send it again.

${about}
Service in charge: {{service}}
Expected by {{dueAt}}.

${follow}`,
    sms: `{{municipality}}: request {{trackingCode}} was passed on.
Service in charge: {{service}}.`,
  },
  waiting: {
    subject: 'Your request {{trackingCode}} waits',
    text: `The work on your request waits. We tell you when it goes on.

${about}
Why: {{waitingFor}}

${follow}`,
    sms: `{{municipality}}: request {{trackingCode}} waits.
Why: {{waitingFor}}.`,
  },
  resolved: {
    subject: 'Called mended: request {{trackingCode}}',
    text: `The crew says that it is mended. The request is closed when this is confirmed.

${about}

${ask}
${follow}`,
    sms: `{{municipality}}: request {{trackingCode}} was called mended.
{{question}}
{{answerUrl}}`,
  },
  closedFixed: {
    subject: 'Your request {{trackingCode}} is mended',
    text: `The repair is confirmed and the request closed. Thank you.

${about}

If it is not mended, say so here: {{answerUrl}}
${follow}`,
    sms: `{{municipality}}: request {{trackingCode}} is mended.
If it is not: {{answerUrl}}`,
  },
  closedUnconfirmed: {
    subject: 'Your request {{trackingCode}} was closed unconfirmed',
    text: `The crew said that it is mended, and nobody confirmed or contradicted it in time. The request is closed.

${about}

If it is not mended, say so here: {{answerUrl}}
${follow}`,
    sms: `{{municipality}}: request {{trackingCode}} was closed unconfirmed.
If it is not mended: {{answerUrl}}`,
  },
  closedNotOurs: {
    subject: "Your request {{trackingCode}} is not the municipality's",
    text: `The request was closed without a repair, because it is not the municipality's to do.

${about}

${follow}`,
    sms: "{{municipality}}: request {{trackingCode}} was closed; it is not the municipality's.",
  },
  closedWithdrawn: {
    subject: 'Your request {{trackingCode}} was closed',
    text: `The request was closed and no work was done.

${about}

If the trouble is still there, send a new request.
${follow}`,
    sms: '{{municipality}}: request {{trackingCode}} was closed, no work was done.',
  },
  closedSuperseded: {
    subject: 'Your request {{trackingCode}} goes on in another matter',
    text: `The matter your request belonged to was closed, because another one goes on with it.

${about}

${follow}`,
    sms: '{{municipality}}: request {{trackingCode}} goes on in another matter.',
  },
  reopened: {
    subject: 'Your request {{trackingCode}} is open again',
    text: `The trouble is still there or has come back, and the request is open again.

${about}
Service in charge: {{service}}
Expected by {{dueAt}}.

${follow}`,
    sms: `{{municipality}}: request {{trackingCode}} is open again.
Expected by {{dueAt}}.`,
  },
  subscriptionConfirm: {
    subject: 'Confirm messages from: {{municipality}}',
    text: `Somebody asked that you be told here of matters in this area: {{place}}

For them to begin, confirm: {{confirmUrl}}

If it was not you, ignore this message. We shall not write again.`,
    sms: '{{municipality}}: confirm your messages: {{confirmUrl}}',
  },
  areaOpened: {
    subject: 'New: {{category}}',
    text: `There is something new in the area you follow.

{{category}}
Place: {{place}}
Service in charge: {{service}}
Expected by {{dueAt}}.`,
    sms: '{{municipality}}: {{category}}, {{place}}.',
  },
  areaClosed: {
    subject: 'Closed: {{category}}',
    text: `A matter in the area you follow was closed.

{{category}}
Place: {{place}}`,
    sms: '{{municipality}}: closed: {{category}}, {{place}}.',
  },
  escalation: {
    subject: '{{event}}: {{title}}',
    text: `{{clock}}: {{event}}.

{{title}}
Ticket: {{ticket}}
Service in charge: {{service}}
Due: {{dueAt}}`,
    sms: '{{clock}}: {{event}}. {{title}} ({{ticket}})',
  },
  danger: {
    subject: 'DANGER: {{title}}',
    text: `A citizen reports danger. Act at once.

{{title}}
Ticket: {{ticket}}
Place: {{place}}
Service in charge: {{service}}`,
    sms: 'DANGER: {{title}} ({{ticket}})',
  },
}
