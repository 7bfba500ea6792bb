import type { NoticeStep, NoticeTemplate } from '@fanari/contracts'

const about = `Αίτημα {{trackingCode}}: {{category}}
Τόπος: {{place}}`
const follow = 'Η πορεία του αιτήματος: {{statusUrl}}'
const ask = `{{question}}
Απαντήστε εδώ: {{answerUrl}}`

/** What citizens and staff are told, in Greek, unless a municipality has words of its own. */
export const greekTemplates: Readonly<Record<NoticeStep, NoticeTemplate>> = {
  received: {
    subject: 'Λάβαμε το αίτημά σας {{trackingCode}}',
    text: `Ευχαριστούμε. Το αίτημά σας καταγράφηκε.

${about}
Αρμόδια υπηρεσία: {{service}}
Αναμένεται έως {{dueAt}}.

Τι ήταν ήδη γνωστό: {{known}}

Κρατήστε τον κωδικό {{trackingCode}}· μπορείτε να τον πείτε και στο τηλέφωνο.
${follow}`,
    sms: `{{municipality}}: λάβαμε το αίτημα {{trackingCode}}.
{{known}}`,
  },
  answered: {
    subject: 'Η ερώτησή σας {{trackingCode}} απαντήθηκε',
    text: `Η ερώτησή σας καταγράφηκε και απαντήθηκε. Δεν χρειάζεται άλλη ενέργεια.

${about}

${follow}`,
    sms: '{{municipality}}: η ερώτηση {{trackingCode}} απαντήθηκε.',
  },
  assigned: {
    subject: 'Το αίτημά σας {{trackingCode}} ανατέθηκε',
    text: `Το αίτημά σας ανατέθηκε σε συνεργείο.

${about}
Αρμόδια υπηρεσία: {{service}}
Αναμένεται έως {{dueAt}}.

${follow}`,
    sms: `{{municipality}}: το αίτημα {{trackingCode}} ανατέθηκε σε συνεργείο.
Αναμένεται έως {{dueAt}}.`,
  },
  scheduled: {
    subject: 'Το αίτημά σας {{trackingCode}} προγραμματίστηκε',
    text: `Η εργασία για το αίτημά σας προγραμματίστηκε.

${about}
Πότε: {{scheduledFor}}

${follow}`,
    sms: '{{municipality}}: το αίτημα {{trackingCode}} προγραμματίστηκε για {{scheduledFor}}.',
  },
  forwarded: {
    subject: 'Το αίτημά σας {{trackingCode}} διαβιβάστηκε',
    text: `Το αίτημά σας διαβιβάστηκε στην αρμόδια υπηρεσία. Δεν χρειάζεται να το υποβάλετε ξανά.

${about}
Αρμόδια υπηρεσία: {{service}}
Αναμένεται έως {{dueAt}}.

${follow}`,
    sms: `{{municipality}}: το αίτημα {{trackingCode}} διαβιβάστηκε.
Αρμόδια υπηρεσία: {{service}}.`,
  },
  waiting: {
    subject: 'Το αίτημά σας {{trackingCode}} περιμένει',
    text: `Η εργασία για το αίτημά σας περιμένει. Θα σας ενημερώσουμε μόλις συνεχιστεί.

${about}
Λόγος: {{waitingFor}}

${follow}`,
    sms: `{{municipality}}: το αίτημα {{trackingCode}} είναι σε αναμονή.
Λόγος: {{waitingFor}}.`,
  },
  resolved: {
    subject: 'Δηλώθηκε αποκατάσταση: αίτημα {{trackingCode}}',
    text: `Το συνεργείο δήλωσε ότι η βλάβη αποκαταστάθηκε. Το αίτημα κλείνει μόλις επιβεβαιωθεί.

${about}

${ask}
${follow}`,
    sms: `{{municipality}}: δηλώθηκε αποκατάσταση του αιτήματος {{trackingCode}}.
{{question}}
{{answerUrl}}`,
  },
  closedFixed: {
    subject: 'Το αίτημά σας {{trackingCode}} αποκαταστάθηκε',
    text: `Η αποκατάσταση επιβεβαιώθηκε και το αίτημα έκλεισε. Ευχαριστούμε.

${about}

Αν το πρόβλημα παραμένει, πείτε το εδώ: {{answerUrl}}
${follow}`,
    sms: `{{municipality}}: το αίτημα {{trackingCode}} αποκαταστάθηκε.
Αν παραμένει: {{answerUrl}}`,
  },
  closedUnconfirmed: {
    subject: 'Το αίτημά σας {{trackingCode}} έκλεισε χωρίς επιβεβαίωση',
    text: `Το συνεργείο δήλωσε αποκατάσταση και κανείς δεν την επιβεβαίωσε ούτε την αμφισβήτησε στον χρόνο που είχε. Το αίτημα έκλεισε.

${about}

Αν το πρόβλημα παραμένει, πείτε το εδώ: {{answerUrl}}
${follow}`,
    sms: `{{municipality}}: το αίτημα {{trackingCode}} έκλεισε χωρίς επιβεβαίωση.
Αν παραμένει: {{answerUrl}}`,
  },
  closedNotOurs: {
    subject: 'Το αίτημά σας {{trackingCode}} δεν είναι του Δήμου',
    text: `Το αίτημα έκλεισε χωρίς αποκατάσταση, επειδή δεν είναι αρμοδιότητα του Δήμου.

${about}

${follow}`,
    sms: '{{municipality}}: το αίτημα {{trackingCode}} έκλεισε· δεν είναι αρμοδιότητα του Δήμου.',
  },
  closedWithdrawn: {
    subject: 'Το αίτημά σας {{trackingCode}} έκλεισε',
    text: `Το αίτημα έκλεισε χωρίς να γίνει εργασία.

${about}

Αν το πρόβλημα υπάρχει ακόμη, υποβάλετε νέο αίτημα.
${follow}`,
    sms: '{{municipality}}: το αίτημα {{trackingCode}} έκλεισε χωρίς εργασία.',
  },
  closedSuperseded: {
    subject: 'Το αίτημά σας {{trackingCode}} συνεχίζεται σε άλλη υπόθεση',
    text: `Η υπόθεση στην οποία ανήκε το αίτημά σας έκλεισε, επειδή μια άλλη τη συνεχίζει.

${about}

${follow}`,
    sms: '{{municipality}}: το αίτημα {{trackingCode}} συνεχίζεται σε άλλη υπόθεση.',
  },
  reopened: {
    subject: 'Το αίτημά σας {{trackingCode}} άνοιξε ξανά',
    text: `Η βλάβη παραμένει ή επανήλθε και το αίτημα άνοιξε ξανά.

${about}
Αρμόδια υπηρεσία: {{service}}
Αναμένεται έως {{dueAt}}.

${follow}`,
    sms: `{{municipality}}: το αίτημα {{trackingCode}} άνοιξε ξανά.
Αναμένεται έως {{dueAt}}.`,
  },
  subscriptionConfirm: {
    subject: 'Επιβεβαιώστε τις ενημερώσεις από: {{municipality}}',
    text: `Κάποιος ζήτησε να λαμβάνετε εδώ ενημερώσεις για θέματα της περιοχής: {{place}}

Για να ξεκινήσουν, επιβεβαιώστε: {{confirmUrl}}

Αν δεν το ζητήσατε εσείς, αγνοήστε το μήνυμα. Δεν θα σας γράψουμε ξανά.`,
    sms: '{{municipality}}: επιβεβαιώστε τις ενημερώσεις: {{confirmUrl}}',
  },
  areaOpened: {
    subject: 'Νέο θέμα: {{category}}',
    text: `Καταγράφηκε νέο θέμα στην περιοχή που παρακολουθείτε.

{{category}}
Τόπος: {{place}}
Αρμόδια υπηρεσία: {{service}}
Αναμένεται έως {{dueAt}}.`,
    sms: '{{municipality}}: {{category}}, {{place}}.',
  },
  areaClosed: {
    subject: 'Έκλεισε: {{category}}',
    text: `Έκλεισε ένα θέμα στην περιοχή που παρακολουθείτε.

{{category}}
Τόπος: {{place}}`,
    sms: '{{municipality}}: έκλεισε: {{category}}, {{place}}.',
  },
  escalation: {
    subject: '{{event}}: {{title}}',
    text: `{{clock}}: {{event}}.

{{title}}
Αίτημα: {{ticket}}
Αρμόδια υπηρεσία: {{service}}
Προθεσμία: {{dueAt}}`,
    sms: '{{clock}}: {{event}}. {{title}} ({{ticket}})',
  },
  danger: {
    subject: 'ΚΙΝΔΥΝΟΣ: {{title}}',
    text: `Πολίτης αναφέρει κίνδυνο. Χρειάζεται άμεση ενέργεια.

{{title}}
Αίτημα: {{ticket}}
Τόπος: {{place}}
Αρμόδια υπηρεσία: {{service}}`,
    sms: 'ΚΙΝΔΥΝΟΣ: {{title}} ({{ticket}})',
  },
}
