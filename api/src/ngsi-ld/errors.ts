import { z } from 'zod'

/** The errors of ETSI GS CIM 009 (6.3.2) that a reader can meet, with the status each comes with unless another one says it better. */
const errors = {
  InvalidRequest: { status: 400, title: 'The request is not one of this interface' },
  BadRequestData: { status: 400, title: 'The request holds a value that is not valid' },
  TooComplexQuery: { status: 403, title: 'The query takes too long to answer' },
  ResourceNotFound: { status: 404, title: 'There is nothing of this name' },
  NonexistentTenant: { status: 404, title: 'There is no such tenant' },
  OperationNotSupported: { status: 422, title: 'This is not offered here' },
} as const
type ErrorName = keyof typeof errors

/** A refusal in the words of NGSI-LD. */
export class NgsiLdError extends Error {
  readonly type: ErrorName
  readonly status: number
  constructor(type: ErrorName, detail: string, status: number = errors[type].status) {
    super(detail)
    this.name = 'NgsiLdError'
    this.type = type
    this.status = status
  }
}

export const errorSchema = z.object({
  type: z.string().startsWith('https://uri.etsi.org/ngsi-ld/errors/'),
  title: z.string(),
  status: z.int(),
  detail: z.string(),
})

export const errorDocument = ({ type, status, message }: NgsiLdError): z.output<typeof errorSchema> => ({
  type: `https://uri.etsi.org/ngsi-ld/errors/${type}`,
  title: errors[type].title,
  status,
  detail: message,
})
