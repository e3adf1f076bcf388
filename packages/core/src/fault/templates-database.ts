/** What databases and their drivers say. */

export const postgresTemplates = `
  duplicate key value violates unique constraint *
  null value in column * of relation * violates not-null constraint
  null value in column * violates not-null constraint
  insert or update on table * violates foreign key constraint *
  update or delete on table * violates foreign key constraint * on table *
  update or delete on table * violates RESTRICT setting of foreign key constraint * on table *
  new row for relation * violates check constraint *
  new row violates row-level security policy for table *
  new row violates row-level security policy * for table *
  conflicting key value violates exclusion constraint *
  value for domain * violates check constraint *
  relation * does not exist
  relation * already exists
  column * of relation * does not exist
  column * does not exist
  column * is of type * but expression is of type *
  column reference * is ambiguous
  function * does not exist
  function * is not unique
  operator does not exist: *
  type * does not exist
  schema * does not exist
  database * does not exist
  role * does not exist
  table * does not exist
  missing FROM-clause entry for table *
  permission denied for *
  must be owner of *
  syntax error at or near *
  syntax error at end of input
  unterminated quoted string at or near *
  unterminated quoted identifier at or near *
  trailing junk after numeric literal at or near *
  invalid input syntax for type *
  invalid input value for enum *
  invalid byte sequence for encoding *
  invalid message format
  invalid regular expression: *
  unsupported Unicode escape sequence
  value too long for type *
  value * is out of range for type *
  numeric field overflow
  integer out of range
  bigint out of range
  smallint out of range
  division by zero
  date/time field value out of range: *
  malformed array literal: *
  cannot cast type * to *
  could not determine data type of parameter *
  bind message supplies # parameters, but prepared statement * requires #
  bind message supplies *
  there is no parameter *
  there is no unique or exclusion constraint matching the ON CONFLICT specification
  INSERT has more expressions than target columns
  INSERT has more target columns than expressions
  more than one row returned by a subquery used as an expression
  ON CONFLICT DO UPDATE command cannot affect row a second time
  canceling statement due to statement timeout
  canceling statement due to lock timeout
  canceling statement due to user request
  canceling statement due to conflict with recovery
  canceling autovacuum task
  terminating connection due to administrator command
  terminating connection due to idle-in-transaction timeout
  terminating connection because of crash of another server process
  current transaction is aborted, commands ignored until end of transaction block
  could not serialize access due to concurrent update
  could not serialize access due to concurrent delete
  could not serialize access due to read/write dependencies among transactions
  could not obtain lock on row in relation *
  could not obtain lock on relation *
  deadlock detected
  cannot execute * in a read-only transaction
  password authentication failed for user *
  no pg_hba.conf entry for *
  remaining connection slots are reserved for *
  sorry, too many clients already
  too many connections for *
  the database system is starting up
  the database system is shutting down
  the database system is in recovery mode
  prepared statement * does not exist
  prepared statement * already exists
  cached plan must not change result type
  out of memory
  out of shared memory
  SASL: SCRAM-SERVER-FIRST-MESSAGE: client password must be a string
  SASL: SCRAM-*
  SSL is not enabled on the server
  The server does not support SSL connections
  There was an error establishing an SSL connection
  Connection terminated unexpectedly
  Connection terminated due to connection timeout
  Connection terminated
  Client was closed and is not queryable
  Client has already been connected. You cannot reuse a client.
  Client has encountered a connection error and is not queryable
  Query read timeout
  Cannot use a pool after calling end on the pool
  Called end on pool more than once
  timeout exceeded when trying to connect
  timeout expired
  Release called on client which has already been released to the pool.
  insert into * - *
  update * set * - *
  select * from * - *
  delete from * - *`

export const mysqlTemplates = `
  Duplicate entry * for key *
  Column * cannot be null
  Column count doesn't match value count at row #
  Cannot add or update a child row: a foreign key constraint fails *
  Cannot delete or update a parent row: a foreign key constraint fails *
  Check constraint * is violated.
  Data too long for column * at row #
  Data truncated for column * at row #
  Out of range value for column * at row #
  Incorrect * value: * for column * at row #
  Incorrect * value: *
  Incorrect arguments to *
  Field * doesn't have a default value
  Unknown column * in *
  Unknown database *
  Unknown table *
  Unknown prepared statement handler *
  Table * doesn't exist
  Table * already exists
  Access denied for user *
  You have an error in your SQL syntax; check the manual *
  Lock wait timeout exceeded; try restarting transaction
  Deadlock found when trying to get lock; try restarting transaction
  Query execution was interrupted*
  Too many connections
  Truncated incorrect * value: *
  Subquery returns more than 1 row
  The MySQL server is running with the * option so it cannot execute this statement
  Got a packet bigger than 'max_allowed_packet' bytes
  Bind parameters must not contain undefined. To pass SQL NULL specify JS null
  Bind parameters must be array if namedPlaceholders parameter is not enabled
  Can't add new command when connection is in closed state
  Can't create more than max_prepared_stmt_count statements *
  Connection lost: The server closed the connection.
  Connection is closed.
  Pool is closed.
  Queue limit reached.
  No connections available.
  Server does not support secure connection
  Query inactivity timeout`

export const documentTemplates = `
  E11000 duplicate key error collection: *
  E11000 duplicate key error *
  E11001 duplicate key on update *
  Document failed validation
  WriteConflict error: *
  Authentication failed.
  bad auth : *
  Write conflict during plan execution and yielding is disabled. *
  Server selection timed out after # ms
  connection * to * closed
  connection # to * timed out
  Topology is closed
  Client must be connected before running operations
  Cannot use a session that has ended
  Timed out while checking out a connection from connection pool
  Connection pool closed
  Updating the path * would create a conflict at *
  Plan executor error during *
  unknown operator: *
  unknown top level operator: *
  Unrecognized expression *
  Invalid scheme, expected connection string to start with "mongodb://" or "mongodb+srv://"
  Argument passed in must be a string of 12 bytes or a string of 24 hex characters or an integer
  input must be a 24 character hex string, 12 byte Uint8Array, or an integer
  hex string must be 24 characters
  Invalid UTF-8 string in BSON document
  document is larger than the maximum size *
  cursor id * not found
  operation exceeded time limit
  Transaction numbers are only allowed on a replica set member or mongos
  not primary
  * validation failed: *
  Validation failed: *
  Validation failed
  Cast to * failed for value * (type *) at path * for model *
  Cast to * failed for value * (type *) at path * because of *
  Cast to * failed for value * at path *
  Cast to * failed for value *
  * is not a valid enum value for path *
  Path * is required.
  Path * (*) is shorter than the minimum allowed length (#).
  Path * (*) is longer than the maximum allowed length (#).
  Path * (*) is less than minimum allowed value (#).
  Path * (*) is more than maximum allowed value (#).
  Path * is invalid (*).
  Path * is not in schema, strict mode is \`true\`, and upsert is \`true\`.
  Field * is not in schema and strict mode is set to throw.
  No document found for query * on model *
  No matching document found for id * version * modifiedPaths *
  Operation * buffering timed out after #ms
  Cannot overwrite * model once compiled.
  Schema hasn't been registered for model *
  Can't save() the same doc multiple times in parallel. *
  Cannot populate path * because it is not in your schema. *
  The \`uri\` parameter to \`openUri()\` must be a string, got *
  Could not connect to any servers in your MongoDB Atlas cluster. *`

export const storeTemplates = `
  Reached the max retries per request limit (which is #). Refer to "maxRetriesPerRequest" option for details.
  Connection is closed.
  Stream isn't writeable and enableOfflineQueue options is false
  Command timed out
  Socket closed unexpectedly
  Socket timeout
  Connection timeout
  The client is closed
  The client is offline
  Disconnects client
  One (or more) of the watched keys has been changed
  None of the Sentinel nodes are available
  All sentinels are unreachable*
  Failed to refresh slots cache.
  ERR wrong number of arguments for *
  ERR unknown command *
  ERR syntax error
  ERR value is not an integer or out of range
  ERR value is not a valid float
  ERR invalid password
  ERR AUTH *
  ERR Client sent AUTH, but no password is set
  ERR max number of clients reached
  ERR no such key
  ERR index out of range
  ERR DB index is out of range
  ERR invalid expire time in *
  ERR Error running script *
  ERR unknown subcommand *
  ERR *
  WRONGTYPE Operation against a key holding the wrong kind of value
  NOAUTH Authentication required.
  NOAUTH HELLO must be called with the client already authenticated*
  WRONGPASS invalid username-password pair or user is disabled.
  WRONGPASS invalid username-password pair * or user is disabled.
  WRONGPASS *
  NOPERM *
  NOSCRIPT No matching script. Please use EVAL.
  BUSYGROUP Consumer Group name already exists
  NOGROUP *
  READONLY You can't write against a read only replica.
  LOADING Redis is loading the dataset in memory
  OOM command not allowed when used memory > 'maxmemory'.
  MISCONF *
  EXECABORT Transaction discarded because of previous errors.
  MOVED *
  ASK *
  CLUSTERDOWN *
  CROSSSLOT Keys in request don't hash to the same slot
  Protocol error, *
  UNIQUE constraint failed: *
  NOT NULL constraint failed: *
  FOREIGN KEY constraint failed
  CHECK constraint failed: *
  SQLITE_CONSTRAINT: *
  SQLITE_BUSY: database is locked
  SQLITE_ERROR: no such table: *
  SQLITE_ERROR: *
  SQLITE_*: *
  no such table: *
  no such column: *
  no such function: *
  table * has no column named *
  table * already exists
  database is locked
  database or disk is full
  database disk image is malformed
  attempt to write a readonly database
  unable to open database file
  file is not a database
  datatype mismatch
  cannot start a transaction within a transaction
  cannot commit - no transaction is active
  near *: syntax error
  incomplete input
  unrecognized token: *
  too many SQL variables
  Violation of PRIMARY KEY constraint *
  Violation of UNIQUE KEY constraint *
  Cannot insert the value NULL into column *
  Cannot insert duplicate key row in object *
  String or binary data would be truncated*
  Invalid object name *
  Login failed for user *
  ORA-#: *
  This server does not host this topic-partition
  Connection error: *
  The coordinator is not aware of this member
  There is no leader for this topic-partition as we are in the middle of a leadership election`

export const ormTemplates = `
  Knex: Timeout acquiring a connection. The pool is probably full. Are you missing a .transacting(trx) call?
  Undefined binding(s) detected when compiling *
  Transaction query already complete, run with DEBUG=knex:tx for more info
  Query was already executed: *
  Validation error
  Validation error: *
  notNull Violation: *
  string violation: *
  * cannot be null
  * must be unique
  SequelizeValidationError
  Operation timeout
  ResourceRequest timed out
  WHERE parameter * has invalid "undefined" value
  Invalid value *
  Named parameter * has no value in the given object.
  Record to update not found.
  Failed query: *
  Rollback
  no result
  Could not find any entity of type * matching: *
  No metadata for * was found.
  Property * was not found in *. *
  Cannot perform update query because update values are not defined. *
  Empty criteria(s) are not allowed for the * method.
  EntityManager instance is not connected
  DataSource is not set for this entity.
  Connection * was not found.
  *Unique constraint failed on the fields: (*)
  *Unique constraint failed on the *
  *Foreign key constraint violated*
  *Null constraint violation on the *
  *Can't reach database server at *
  Unique constraint failed on the constraint: *
  Unique constraint failed *
  Foreign key constraint failed on the field: *
  Foreign key constraint violated: *
  An operation failed because it depends on one or more records that were required but not found. *
  Null constraint violation on the *
  Invalid \`*\` invocation*
  Can't reach database server at *
  Timed out fetching a new connection from the connection pool. *
  Transaction API error: *
  Transaction already closed: *
  *Invalid \`*\` invocation*`
