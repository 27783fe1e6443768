import { fileURLToPath } from 'node:url'
import { Validator } from '@seriousme/openapi-schema-validator'
import { Ajv2020 } from 'ajv/dist/2020.js'
import { fullFormats } from 'ajv-formats/dist/formats.js'

interface Documented {
  headers: Record<string, { schema: { type?: string } }>
  content: Record<string, { schema: object; example?: unknown }>
}

interface OpenApi {
  paths: Record<string, Record<string, { responses?: Record<string, Documented> }>>
  components: { responses: Record<string, Documented> }
}

/** An answer, whichever client got it; the names of its headers are in lower case. */
export interface Answer {
  method: string
  url: string
  status: number
  headers: Record<string, unknown>
  text: string
}

// HTTP's own. OpenAPI documents the content type with the body.
const HTTP_HEADERS = [
  'connection',
  'content-length',
  'content-type',
  'date',
  'keep-alive',
  'transfer-encoding',
]
const FILE = fileURLToPath(new URL('../../openapi.yaml', import.meta.url))

const validator = new Validator()
const { valid, errors } = await validator.validate(FILE)
if (!valid) throw new Error(`openapi.yaml is not valid: ${JSON.stringify(errors)}`)
/** openapi.yaml, with every reference replaced by what it refers to. */
export const openApi = validator.resolveRefs() as unknown as OpenApi

const ajv = new Ajv2020({ allErrors: true, allowUnionTypes: true, formats: fullFormats })

/** Where a value does not fit its schema. */
export function mismatches(name: string, schema: object, value: unknown): string[] {
  const validate = ajv.compile(schema)
  validate(value)
  return (validate.errors ?? []).map(
    ({ instancePath, message, params }) => `${name}${instancePath} ${message} ${JSON.stringify(params)}`,
  )
}

/** Where an answer is not as documented. It may have more headers: nginx adds some. */
export function deviations(
  { method, headers, text }: Partial<Answer> & Pick<Answer, 'headers' | 'text'>,
  documented: Documented | undefined,
): string[] {
  if (!documented) return ['the status is not documented']
  const wrongHeaders = Object.entries(documented.headers).flatMap(([name, { schema }]) => {
    const value = headers[name.toLowerCase()]
    return mismatches(name, schema, schema.type === 'integer' ? Number(value) : value)
  })
  const [type = ''] = String(headers['content-type']).split(';')
  const content = documented.content[type]
  if (!content) return [...wrongHeaders, `the content type ${type} is not documented`]
  if (method === 'HEAD') return wrongHeaders
  const body = type.endsWith('json') ? JSON.parse(text) : text
  return [...wrongHeaders, ...mismatches('body', content.schema, body)]
}

/** What openapi.yaml says about an answer with this status; undefined if it says nothing. */
function find({ method, url, status }: Answer): Documented | undefined {
  const pathItem = openApi.paths[new URL(url, 'http://backend').pathname]
  const operation = pathItem?.[method === 'HEAD' ? 'get' : method.toLowerCase()]
  const anyRequest = status === 500 || (!operation && status === (pathItem ? 405 : 404))
  return anyRequest ? openApi.components.responses[status] : operation?.responses?.[status]
}

/** Throws unless openapi.yaml has everything in this answer of the backend. */
export function expectDocumented(answer: Answer): void {
  const documented = find(answer)
  const wrong = deviations(answer, documented)
  if (documented) {
    const known = [...HTTP_HEADERS, ...Object.keys(documented.headers).map((name) => name.toLowerCase())]
    const unknown = Object.keys(answer.headers).filter((name) => !known.includes(name))
    wrong.push(...unknown.map((name) => `the header ${name} is not documented`))
  }
  const { method, url, status } = answer
  if (wrong.length > 0)
    throw new Error(`Not as in openapi.yaml: ${method} ${url}, ${status}: ${wrong.join('; ')}`)
}
