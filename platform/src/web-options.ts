import type { ApiOptions } from '@fanari/api'
import type { Settings } from './settings.ts'

/** What the settings say of the HTTP door: where it listens, whom it believes, and who signs in how. */
export const webOptions = (
  settings: Settings,
): Pick<
  ApiOptions,
  | 'host'
  | 'port'
  | 'publicUrl'
  | 'trustProxy'
  | 'floodLimits'
  | 'identityProvider'
  | 'notices'
  | 'adminToken'
  | 'alertToken'
  | 'wallNow'
> => {
  const { FANARI_OIDC_ISSUER: issuer, FANARI_OIDC_CLIENT_ID: clientId } = settings
  const clientSecret = settings.FANARI_OIDC_CLIENT_SECRET
  const isComplete = issuer !== undefined && clientId !== undefined && clientSecret !== undefined
  return {
    host: settings.FANARI_HTTP_HOST,
    port: settings.FANARI_HTTP_PORT,
    publicUrl: settings.FANARI_PUBLIC_URL,
    trustProxy: settings.FANARI_TRUST_PROXY,
    floodLimits: {
      intakePerAddress: settings.FANARI_INTAKE_PER_MINUTE,
      intakeInAll: settings.FANARI_INTAKE_TOTAL_PER_MINUTE,
    },
    identityProvider: isComplete
      ? {
          issuer,
          clientId,
          clientSecret,
          roleClaim: settings.FANARI_OIDC_ROLE_CLAIM,
          roles: settings.FANARI_OIDC_ROLES,
        }
      : undefined,
    notices: noticeWays(settings),
    adminToken: settings.FANARI_ADMIN_TOKEN,
    alertToken: settings.FANARI_ALERT_TOKEN,
    wallNow: Date.now,
  }
}

/** The ways to reach citizens and staff that the settings open. */
const noticeWays = (settings: Settings): ApiOptions['notices'] => {
  const { FANARI_SMTP_URL: mailUrl, FANARI_MAIL_FROM: from, FANARI_SMS_URL: smsUrl } = settings
  const { FANARI_WEBHOOK_URL: hookUrl, FANARI_WEBHOOK_SECRET: hookSecret } = settings
  return {
    mail: mailUrl === undefined || from === undefined ? undefined : { url: mailUrl, from },
    sms:
      smsUrl === undefined
        ? undefined
        : {
            url: smsUrl,
            body: settings.FANARI_SMS_BODY,
            contentType: settings.FANARI_SMS_CONTENT_TYPE,
            authorization: settings.FANARI_SMS_AUTHORIZATION,
            signingSecret: settings.FANARI_SMS_SECRET,
          },
    webhook:
      hookUrl === undefined || hookSecret === undefined ? undefined : { url: hookUrl, signingSecret: hookSecret },
  }
}
