/** What validators and parsers of input say. Their paths and rules come from the adapters. */

export const validationTemplates = `
  Invalid input: expected *, received *
  Invalid input
  Invalid string: *
  Invalid option: expected one of *
  Invalid type: Expected * but received *
  Invalid type: Expected *
  Invalid email address
  Invalid email: Received *
  Invalid length: Expected *
  Invalid format: *
  Invalid key: Expected *
  Invalid enum value. Expected *
  Invalid datetime
  Invalid uuid
  Invalid url
  Too small: expected *
  Too big: expected *
  Unrecognized key: *
  Unrecognized keys: *
  Unrecognized key(s) in object: *
  Expected *, received *
  Required
  String must contain at least # character(s)
  String must contain at most # character(s)
  Number must be greater than or equal to #
  Number must be less than or equal to #
  Must be a valid *
  "*" is required
  "*" is not allowed
  "*" is not allowed to be empty
  "*" must be a valid email
  "*" must be a string
  "*" must be a number
  "*" must be a boolean
  "*" must be an array
  "*" must be of type object
  "*" must be one of *
  "*" must be a valid *
  "*" must be a safe number
  "*" must be greater than or equal to #
  "*" must be less than or equal to #
  "*" length must be at least # characters long
  "*" length must be less than or equal to # characters long
  "*" with value "*" fails to match the required pattern: *
  "*" with value "*" fails to match the * pattern
  "*" contains an invalid value
  "*" contains a duplicate value
  "*" does not match any of the allowed types
  "*" must match *
  "*" failed custom validation because *
  # errors occurred
  * is a required field
  * must be a valid email
  * must be a valid URL
  * must be a valid UUID
  * must be at least # characters
  * must be at most # characters
  * must be exactly # characters
  * must be greater than or equal to #
  * must be less than or equal to #
  * must be a \`*\` type, but the final value was: *
  * must be one of the following values: *
  * must match the following: *
  * must be defined
  * cannot be null
  * field must have at least # items
  * field must have less than or equal to # items
  * field has unspecified keys: *
  this * must *
  An instance of * has failed the validation:*
  validation failed
  data must have required property *
  data must NOT have additional properties
  data/* must *
  data must be *
  data must *
  body must have required property *
  body must NOT have additional properties
  body must be *
  body must *
  body/* must have required property *
  body/* must NOT have additional properties
  body/* must NOT have fewer than # characters
  body/* must NOT have more than # characters
  body/* must match format *
  body/* must match pattern *
  body/* must *
  querystring must have required property *
  querystring must *
  querystring/* must *
  params/* must *
  params must *
  headers must *
  headers/* must *
  schema is invalid: *
  unknown format * ignored in schema at path *
  strict mode: unknown keyword: *
  strict mode: missing type *
  strict mode: *
  can't resolve reference * from id *
  Expected a value of type *, but received: *
  At path: * -- Expected *
  Bad Request Exception
  Expected * to be *
  must have required property *
  must NOT have additional properties
  must NOT have fewer than # characters
  must NOT have more than # characters
  must match format *
  must match pattern *
  must be *`

export const parserTemplates = `
  Syntax Error: Unexpected <EOF>.
  Syntax Error: Unexpected Name *
  Syntax Error: Unexpected character: *
  Syntax Error: Expected *, found *
  Syntax Error: Unterminated string.
  Syntax Error: *
  Cannot query field * on type *
  Cannot return null for non-nullable field *
  Unknown argument * on field *
  Unknown type *
  Unknown fragment *
  Unknown operation named *
  Unknown directive *
  Field * of required type * was not provided.
  Field * argument * of type * is required, but it was not provided.
  Field * must not have a selection since type * has no subfields.
  Field * of type * must have a selection of subfields. *
  Variable * got invalid value *
  Variable * has invalid value: *
  Variable * of required type * was not provided.
  Variable * of non-null type * must not be null.
  Variable * is not defined *
  Variable * is never used *
  Expected value of type *, found *
  Expected type *, found *
  Value * does not exist in * enum.
  Enum * cannot represent value: *
  Enum * cannot represent *
  String cannot represent a non string value: *
  String cannot represent *
  Int cannot represent non-integer value: *
  Int cannot represent non 32-bit signed integer value: *
  Int cannot represent *
  Float cannot represent non numeric value: *
  Float cannot represent *
  Boolean cannot represent a non boolean value: *
  Boolean cannot represent *
  ID cannot represent *
  Must provide an operation.
  Must provide document.
  Must provide operation name if query contains multiple operations.
  Schema is not configured for mutations.
  Schema is not configured to execute *
  GraphQL introspection is not allowed*
  PersistedQueryNotFound
  bad indentation of a mapping entry *
  end of the stream or a document separator is expected *
  duplicated mapping key *
  Invalid Record Length: *
  Invalid Closing Quote: *
  Quote Not Closed: *
  Invalid Opening Quote: *
  Non-whitespace before first tag.*
  Unclosed root tag*
  Unexpected close tag*
  Unencoded *`
