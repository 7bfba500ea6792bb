import {
  type Category,
  type CategoryDescription,
  categories,
  categoryGroups,
  dangerFlags,
  type ReportQuestion,
  reportQuestions,
} from '@fanari/contracts'
import type { Definition, Service } from './schemas.ts'

/* The categories as GeoReport knows them. Its two clients, people and programs of other municipalities, read Greek. */

const describe = (category: Category): CategoryDescription => categories[category]

export const isCategory = (code: string): code is Category => Object.hasOwn(categories, code)

/** What a form has to ask beside what every request says. */
const asked = (category: Category): readonly ReportQuestion[] => describe(category).asks

const serviceOf = (category: Category): Service => {
  const { el, en, group, aliases } = describe(category)
  return {
    service_code: category,
    service_name: el,
    description: en,
    metadata: asked(category).length > 0,
    type: 'realtime',
    keywords: aliases.join(','),
    group: categoryGroups[group].el,
  }
}

export const allServices: readonly Service[] = (Object.keys(categories) as Category[]).map(serviceOf)

/** Codes of the attributes, and the questions behind them. */
export const attributeCodes = {
  luminaire: 'LUMINAIRE',
  wholeStreet: 'WHOLE_STREET',
  danger: 'DANGER',
  plate: 'PLATE',
  animal: 'ANIMAL',
  container: 'CONTAINER',
  subject: 'SUBJECT',
} as const satisfies Record<ReportQuestion, string>

const yesNo = [
  { key: 'yes', name: 'Ναι' },
  { key: 'no', name: 'Όχι' },
]
const dangers = Object.entries(dangerFlags).map(([key, { el }]) => ({ key, name: el }))

const kindOf = (question: ReportQuestion): Pick<Definition['attributes'][number], 'datatype' | 'values'> => {
  switch (question) {
    case 'wholeStreet':
      return { datatype: 'singlevaluelist', values: yesNo }
    case 'danger':
      return { datatype: 'multivaluelist', values: dangers }
    case 'luminaire':
    case 'plate':
      return { datatype: 'string', values: [] }
    case 'animal':
    case 'container':
    case 'subject':
      return { datatype: 'text', values: [] }
  }
}

/** None is required: a citizen who sees no number on the pole has a dark light all the same. */
export const definitionOf = (category: Category): Definition => ({
  service_code: category,
  attributes: asked(category).map((question, index) => ({
    variable: true,
    code: attributeCodes[question],
    ...kindOf(question),
    required: false,
    datatype_description: null,
    order: index + 1,
    description: reportQuestions[question].el,
  })),
})
