import { env, type FlowNode, mailing, node, posting, tab } from './flow-parts.ts'

/*
 * The default flows, as Node-RED stores them. Ids and tab names never change, so that an upgrade can be compared with what a
 * municipality has made of them. They hold no secret and no address: those are variables of the environment.
 */

// No id may be the name of a type: Node-RED would take the type for a reference to it.
const platform = 'fanari-config'
const duty = 'fanari-tab-duty'
const reports = 'fanari-tab-reports'
const operator = 'fanari-tab-operator'
const weather = 'fanari-tab-weather'

/** All default flows: four tabs and the configuration node. */
export const defaultFlows = (): FlowNode[] => [
  {
    id: platform,
    type: 'fanari-platform',
    name: 'Fanari',
    mqttUrl: env('MQTT_URL'),
    httpUrl: env('HTTP_URL'),
    municipality: env('MUNICIPALITY'),
  },

  tab(duty, 'Τεχνικός υπηρεσίας', 'Ειδοποιεί τον τεχνικό υπηρεσίας και, όταν κανείς δεν αναλαμβάνει, τον προϊστάμενο.'),
  node(
    'fanari-duty-incidents',
    'fanari-incident',
    'Βλάβες',
    { z: duty, x: 130, y: 80, wires: [['fanari-duty-node']] },
    { platform },
  ),
  node(
    'fanari-duty-tickets',
    'fanari-ticket',
    'Αιτήματα',
    { z: duty, x: 130, y: 140, wires: [['fanari-duty-node']] },
    {
      platform,
      // A dark street that is the network operator's is still a dark street of the town: somebody must see that it is called.
      services: 'municipalLighting,networkOperator,solarMaintenance,emergency,communications',
      statuses: '',
    },
  ),
  node(
    'fanari-duty-storm',
    'link in',
    'Κακοκαιρία',
    { z: duty, x: 215, y: 200, wires: [['fanari-duty-node']] },
    {
      links: ['fanari-weather-storm'],
    },
  ),
  node(
    'fanari-duty-node',
    'fanari-duty',
    'Ποιος, πότε',
    { z: duty, x: 390, y: 140, wires: [['fanari-duty-mail'], ['fanari-duty-sms'], ['fanari-duty-chat']] },
    {
      platform,
      timeZone: env('TIME_ZONE'),
      least: env('LEAST'),
      quietHours: env('QUIET_HOURS'),
      escalateMinutes: env('ESCALATE_MINUTES'),
      groupMinutes: env('GROUP_MINUTES'),
      from: env('MAIL_FROM'),
      dutyMail: env('DUTY_MAIL'),
      dutyPhone: env('DUTY_PHONE'),
      dutyChat: env('DUTY_CHAT'),
      supervisorMail: env('SUPERVISOR_MAIL'),
      supervisorPhone: env('SUPERVISOR_PHONE'),
      supervisorChat: env('SUPERVISOR_CHAT'),
      smsUrl: env('SMS_URL'),
      smsToken: env('SMS_TOKEN'),
      smsSender: env('SMS_SENDER'),
      smsLeast: env('SMS_LEAST'),
      telegramUrl: env('TELEGRAM_URL'),
      telegramToken: env('TELEGRAM_TOKEN'),
    },
  ),
  ...mailing('fanari-duty', duty, 80),
  ...posting('fanari-duty-sms', 'Πύλη SMS', duty, 140),
  ...posting('fanari-duty-chat', 'Telegram', duty, 200),

  tab(reports, 'Προσκλητήριο', 'Αναφορά φωτισμού των κοινοτήτων στο γραφείο Δημάρχου, το βράδυ και το πρωί.'),
  node(
    'fanari-reports-clock',
    'inject',
    'Κάθε λεπτό',
    { z: reports, x: 140, y: 80, wires: [['fanari-reports-node']] },
    {
      props: [],
      repeat: '60',
      once: true,
      onceDelay: '5',
    },
  ),
  node(
    'fanari-reports-node',
    'fanari-roll-call',
    'Προσκλητήριο',
    { z: reports, x: 390, y: 80, wires: [['fanari-reports-mail']] },
    {
      platform,
      timeZone: env('TIME_ZONE'),
      from: env('MAIL_FROM'),
      to: env('MAYOR_MAIL'),
      morning: env('MORNING'),
    },
  ),
  ...mailing('fanari-reports', reports, 80),

  tab(operator, 'ΔΕΔΔΗΕ', 'Φάκελος βλάβης με e-mail στον διαχειριστή του δικτύου, και οι διορθώσεις του.'),
  node(
    'fanari-operator-tickets',
    'fanari-ticket',
    'Αιτήματα',
    { z: operator, x: 130, y: 80, wires: [['fanari-operator-node']] },
    {
      platform,
      services: '',
      statuses: '',
    },
  ),
  node(
    'fanari-operator-node',
    'fanari-dossier',
    'Φάκελος',
    { z: operator, x: 390, y: 80, wires: [['fanari-operator-mail']] },
    {
      platform,
      timeZone: env('TIME_ZONE'),
      from: env('MAIL_FROM'),
      to: env('HEDNO_MAIL'),
      waitMinutes: env('DOSSIER_WAIT_MINUTES'),
      correctionMinutes: env('CORRECTION_MINUTES'),
    },
  ),
  ...mailing('fanari-operator', operator, 80),

  tab(weather, 'Κακοκαιρία', 'Τα μειωμένα φώτα στο 100 % και οι ειδοποιήσεις ομαδικά, όσο κρατά η κακοκαιρία.'),
  node(
    'fanari-weather-on',
    'inject',
    'Αρχή',
    { z: weather, x: 110, y: 80, wires: [['fanari-weather-node']] },
    {
      props: [{ p: 'payload' }],
      payload: 'true',
      payloadType: 'bool',
    },
  ),
  node(
    'fanari-weather-off',
    'inject',
    'Τέλος',
    { z: weather, x: 110, y: 140, wires: [['fanari-weather-node']] },
    {
      props: [{ p: 'payload' }],
      payload: 'false',
      payloadType: 'bool',
    },
  ),
  node(
    'fanari-weather-node',
    'fanari-weather',
    'Κακοκαιρία',
    { z: weather, x: 330, y: 110, wires: [['fanari-weather-command'], ['fanari-weather-storm']] },
    { platform, hours: env('STORM_HOURS') },
  ),
  node(
    'fanari-weather-command',
    'fanari-command',
    'Εντολή',
    { z: weather, x: 560, y: 80, wires: [[]] },
    {
      platform,
      device: '',
      command: '',
      level: '',
    },
  ),
  node(
    'fanari-weather-storm',
    'link out',
    'Κακοκαιρία',
    { z: weather, x: 515, y: 140 },
    {
      mode: 'link',
      links: ['fanari-duty-storm'],
    },
  ),
]

/** References to variables, not secrets: Node-RED puts in what they hold, and encrypts even these. */
export const defaultCredentials = (): Record<string, Record<string, string>> => {
  const mail = { userid: env('SMTP_USER'), password: env('SMTP_PASSWORD') }
  return {
    [platform]: { token: env('TOKEN') },
    'fanari-duty-mail': mail,
    'fanari-reports-mail': mail,
    'fanari-operator-mail': mail,
  }
}
