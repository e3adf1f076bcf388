/** What libraries for tokens, payments, mail, clouds, queues and processes say. */

export const tokenTemplates = `
  jwt expired
  jwt malformed
  jwt not active
  jwt must be provided
  jwt must be a string
  jwt signature is required
  jwt audience invalid. expected: *
  jwt issuer invalid. expected: *
  jwt id invalid. expected: *
  jwt subject invalid. expected: *
  jwt audience invalid
  jwt issuer invalid
  maxAge exceeded
  nonce must be a non-empty string
  invalid token
  invalid signature
  invalid algorithm
  invalid exp value
  invalid nbf value
  invalid nonce
  iat required when maxAge is specified
  secret or public key must be provided
  Bad "options.*" option the payload already has an "*" property.
  KeyObject instances must be of type *
  CryptoKey instances must be of type *
  invalid expiresIn option for * payload
  invalid notBefore option for * payload
  invalid * option for * payload
  payload is required
  Expected "payload" to be a plain object.
  "*" should be a number of seconds or string representing a timespan*
  "*" must be *
  "*" is not allowed in *
  Bad "options.*" option. The payload already has an "*" property.
  The input to be decoded is not correctly encoded.
  secretOrPrivateKey must have a value
  secretOrPrivateKey is not valid key material
  secretOrPublicKey is not valid key material
  secretOrPublicKey must be a symmetric key when using *
  secretOrPublicKey must be an asymmetric key when using *
  secretOrPrivateKey must be a symmetric key when using *
  secretOrPrivateKey must be an asymmetric key when using *
  secretOrPrivateKey has a minimum key size of 2048 bits for *
  error in secret or public key callback: *
  please specify "algorithms" *
  "exp" claim timestamp check failed
  "nbf" claim timestamp check failed
  "iat" claim timestamp check failed *
  "*" claim timestamp check failed
  unexpected "*" claim value
  missing required "*" claim
  "*" claim must be *
  Invalid JWT
  Invalid Compact JWS
  Invalid Compact JWE
  Invalid JWS
  Invalid JWE
  JWS Protected Header is invalid
  JWE Protected Header is invalid
  JWS Payload must be a string
  JWT Claims Set must be a top-level JSON object
  signature verification failed
  decryption operation failed
  no applicable key found in the JSON Web Key Set
  multiple matching keys found in the JSON Web Key Set
  JSON Web Key Set malformed
  Expected 200 OK from the JSON Web Key Set HTTP response
  request timed out
  "alg" (Algorithm) Header Parameter value not allowed
  Failed to base64url decode the signature
  Failed to base64url decode the payload
  Failed to parse the * as JSON
  Key must be *
  Key for the * algorithm must be *
  Unable to find a signing key that matches *
  No matching signing key found*
  No authorization token was found
  Format is Authorization: Bearer *
  Missing credentials
  Unknown authentication strategy *
  Failed to obtain access token
  Failed to fetch user profile
  Failed to serialize user into session
  Failed to deserialize user out of session
  data and hash arguments required
  data and salt arguments required
  Invalid salt*`

export const serviceTemplates = `
  Your card was declined.
  Your card was declined. *
  Your card has insufficient funds.
  Your card has expired.
  Your card number is incorrect.
  Your card's security code is incorrect.
  Your card's expiration year is invalid.
  Your card does not support this type of purchase.
  An error occurred while processing your card. *
  Invalid API Key provided: *
  No such *: *
  No such *
  Missing required param: *
  Received unknown parameter: *
  Received unknown parameters: *
  Must provide source or customer.
  You did not provide an API key. *
  You cannot use a Stripe token more than once: *
  Amount must be at least *
  Amount must be no more than *
  Keys for idempotent requests can only be used with the same parameters *
  An error occurred with our connection to Stripe.*
  Request aborted due to timeout being reached (#ms)
  No signatures found matching the expected signature for payload. *
  No stripe-signature header value was provided.
  Unable to extract timestamp and signatures from header
  No signatures found with expected scheme
  Timestamp outside the tolerance zone
  No webhook payload was provided.
  The security token * is expired
  The security token * is invalid
  The security token included in the request is invalid.
  The security token included in the request is invalid
  The security token included in the request is expired
  The provided token has expired.
  The request signature we calculated does not match the signature you provided. *
  Request signature expired: *
  Signature expired: *
  The AWS Access Key Id you provided does not exist in our records.
  The AWS Access Key Id needs a subscription for the service
  User: * is not authorized to perform: * on resource: *
  User: * is not authorized to perform: *
  Not authorized to perform *
  Access Denied
  Access denied
  AccessDenied
  Could not load credentials from any providers
  Could not resolve credentials using profile: *
  Credential is missing
  Resolved credential object is not valid
  Region is missing
  Rate exceeded
  Rate exceeded.
  Too Many Requests.
  Please reduce your request rate.
  Throughput exceeds the current capacity of your table or index. *
  The conditional request failed
  Transaction cancelled, please refer cancellation reasons for specific reasons *
  The specified key does not exist.
  The specified bucket does not exist
  The specified bucket does not exist.
  The specified queue does not exist*
  Requested resource not found*
  The parameter * is not valid*
  Value * at * failed to satisfy constraint: *
  # validation error detected: *
  # validation errors detected: *
  One or more parameter values were invalid: *
  Connection timed out after #ms
  Incorrect username or password.
  User does not exist.
  Password attempts exceeded
  Invalid verification code provided, please try again.
  UnknownError
  Deserialization error: *
  Inaccessible host: *
  Invalid login: *
  Invalid login
  Invalid greeting. *
  Invalid greeting*
  Invalid HELO: *
  Message failed: *
  Message failed
  Mail command failed: *
  Can't send mail - all recipients were rejected: *
  Can't send mail - all recipients were rejected
  Recipient command failed: *
  Data command failed: *
  No recipients defined
  Greeting never received
  Connection closed unexpectedly
  Connection closed
  Unexpected socket close
  Error initiating TLS - *
  Error upgrading connection with STARTTLS: *
  Missing credentials for *
  Authentication failed
  Sendmail exited with code #
  Too many connection attempts
  STARTTLS is required but not supported by the server
  # CANCELLED: *
  # UNKNOWN: *
  # INVALID_ARGUMENT: *
  # DEADLINE_EXCEEDED: *
  # NOT_FOUND: *
  # ALREADY_EXISTS: *
  # PERMISSION_DENIED: *
  # RESOURCE_EXHAUSTED: *
  # FAILED_PRECONDITION: *
  # ABORTED: *
  # UNIMPLEMENTED: *
  # INTERNAL: *
  # UNAVAILABLE: *
  # UNAUTHENTICATED: *
  Missing lock for job *
  job stalled more than allowable limit
  Channel closed by server: # (*) with message *
  Channel closed by server: *
  Connection closed: *
  Operation failed: *
  Breaker is open
  Timed out after #ms
  Promise timed out after # milliseconds
  Execution prevented because the circuit breaker is open
  Lock file is already being held
  Process exited with code #
  Operation timed out
  operation timed out`

/** Phrases that many libraries and applications use. Last, since they say least. */
export const commonTemplates = `
  not found
  unauthorized
  forbidden
  Not authorized
  Permission denied
  permission denied
  Invalid credentials
  Invalid credentials.
  Not implemented
  Not supported
  Timeout
  timeout
  Aborted
  Unknown error
  Internal error
  Something went wrong
  An unknown error occurred
  unable to *: permission denied
  Missing required parameter *
  Missing required field *
  Missing required *
  Missing parameter *
  Missing argument *
  Unsupported *
  Unknown *
  Unexpected *
  Invalid *
  Cannot find *
  Cannot *
  Could not *
  Unable to *
  Failed to *
  * not found
  * is required
  * is not supported
  * is not allowed
  * is invalid
  * does not exist
  * already exists
  * must be a string
  * must be a number
  * must be an array
  * must be a function
  * must be an object
  * must not be empty
  * timed out
  * timed out after #ms
  * failed`
