/** What Mongoose and the MongoDB driver raise: documents, queries and keys. A server of our own answers, over the wire. */
import mongoose from 'mongoose'
import { closedPort, withTcp } from './loopback.ts'
import { body, bodyPlanted, person, secret } from './plants.ts'
import { type Provoked, provoked } from './provoked.ts'

const { BSON, MongoClient } = mongoose.mongo
interface Fields {
  email: string
  ssn: string
  name: string
  age: number
  password: string
}
const known = new mongoose.Schema<Fields>(
  {
    email: { type: String, enum: ['a', 'b'], required: true },
    ssn: {
      type: String,
      validate: { validator: () => false, message: ({ value }: { value: unknown }) => `${value} is none` },
    },
    name: { type: String, maxlength: 3 },
    age: Number,
    password: { type: String, match: /^x$/ },
  },
  { bufferTimeoutMS: 50 },
)
const Patient = mongoose.model('Patient', known)
const Strict = mongoose.model('Strict', new mongoose.Schema({ a: String }, { strict: 'throw' }))

const quick = { serverSelectionTimeoutMS: 150, connectTimeoutMS: 150 }

/** Answers every message as MongoDB does: OP_MSG, one document. */
async function withMongo<T>(
  answer: (command: Record<string, unknown>) => object,
  work: (url: string) => Promise<T>,
): Promise<T> {
  const hello = {
    ismaster: true,
    isWritablePrimary: true,
    maxWireVersion: 25,
    minWireVersion: 0,
    maxBsonObjectSize: 16_777_216,
    maxMessageSizeBytes: 48_000_000,
    maxWriteBatchSize: 100_000,
    ok: 1,
  }
  return withTcp(
    (socket) => {
      let waiting = Buffer.alloc(0)
      socket.on('data', (chunk) => {
        waiting = Buffer.concat([waiting, chunk])
        while (waiting.length >= 4 && waiting.length >= waiting.readInt32LE(0)) {
          const message = waiting.subarray(0, waiting.readInt32LE(0))
          waiting = waiting.subarray(message.length)
          // The handshake comes as OP_QUERY (2004), with a document behind flags, name and two numbers.
          const isQuery = message.readInt32LE(12) === 2004
          const at = isQuery ? message.indexOf(0, 20) + 9 : 21
          const command = BSON.deserialize(message.subarray(at, at + message.readInt32LE(at)))
          const isHello = 'hello' in command || 'ismaster' in command || 'isMaster' in command
          const document = BSON.serialize(isHello ? hello : answer(command))
          const head = isQuery ? Buffer.alloc(20) : Buffer.alloc(5)
          if (isQuery) head.writeInt32LE(1, 16)
          const header = Buffer.alloc(16)
          header.writeInt32LE(16 + head.length + document.length, 0)
          header.writeInt32LE(message.readInt32LE(4), 8)
          header.writeInt32LE(isQuery ? 1 : 2013, 12)
          socket.write(Buffer.concat([header, head, document]))
        }
      })
    },
    (port) => work(`mongodb://127.0.0.1:${port}/ward?directConnection=true`),
  )
}

const asking = (
  answer: object,
  work: (client: InstanceType<typeof MongoClient>) => Promise<unknown>,
): Promise<unknown> =>
  withMongo(
    () => answer,
    async (url) => {
      const client = new MongoClient(url, quick)
      try {
        return await work(client)
      } finally {
        await client.close()
      }
    },
  )

const duplicate = {
  ok: 1,
  n: 0,
  writeErrors: [
    {
      index: 0,
      code: 11000,
      keyPattern: { email: 1 },
      keyValue: { email: person.email },
      errmsg: `E11000 duplicate key error collection: ward.patients index: email_1 dup key: { email: "${person.email}" }`,
    },
  ],
}

export const mongo: readonly Provoked[] = [
  provoked('mongoose', 'a document, all faults at once', {
    planted: [...bodyPlanted, person.birth],
    expect: { type: 'ValidationError', template: /enum|maxlength|regexp|user defined|Number/ },
    work: () => new Patient({ ...body, age: person.birth }).validate(),
  }),
  provoked('mongoose', 'a query with a value of the wrong type', {
    planted: [person.email],
    expect: { type: 'CastError', template: /Cast to|ObjectId/ },
    work: () => Patient.findById(person.email).exec(),
  }),
  provoked('mongoose', 'a field nobody knows', {
    planted: [person.user, person.ssn],
    expect: { type: 'StrictModeError', template: /strict|not in schema/ },
    work: () => new Strict({ [person.user]: person.ssn }),
  }),
  provoked('mongoose', 'a query before any connection', {
    planted: [person.email],
    expect: { type: /^(MongooseError|MongooseServerSelectionError)$/, template: /buffering timed out|timed out/ },
    work: () => Patient.findOne({ email: person.email }).exec(),
  }),
  provoked('mongoose', 'a connection refused', {
    planted: [person.user, secret.databasePassword],
    expect: { type: 'MongooseServerSelectionError', template: /connect|ECONNREFUSED/ },
    work: async () => {
      const url = `mongodb://${person.user}:${secret.databasePassword}@127.0.0.1:${await closedPort()}/ward`
      const connection = mongoose.createConnection(url, quick)
      try {
        await connection.asPromise()
      } finally {
        await connection.close()
      }
    },
  }),
  provoked('mongoose', 'nobody found', {
    planted: [person.email, person.ssn],
    expect: { type: 'DocumentNotFoundError', template: /No document found/ },
    work: () =>
      withMongo(
        () => ({ ok: 1, n: 0, cursor: { id: BSON.Long.fromNumber(0), ns: 'ward.patients', firstBatch: [] } }),
        async (url) => {
          const connection = mongoose.createConnection(url, quick)
          try {
            return await connection
              .model('Patient', known)
              .findOne({ email: person.email, ssn: person.ssn })
              .orFail()
              .exec()
          } finally {
            await connection.close()
          }
        },
      ),
  }),
  provoked('mongodb', 'a value that is there already', {
    planted: [person.email, person.ssn],
    expect: { type: 'MongoServerError', code: '11000', template: /E11000 duplicate key|DuplicateKey|duplicate key/ },
    work: () =>
      asking(duplicate, (client) =>
        client.db().collection('patients').insertOne({ email: person.email, ssn: person.ssn }),
      ),
  }),
  provoked('mongodb', 'many values, one of them there already', {
    planted: [person.email, person.ssn],
    expect: { type: 'MongoBulkWriteError', code: '11000', template: /E11000 duplicate key|DuplicateKey|duplicate key/ },
    work: () =>
      asking(duplicate, (client) =>
        client
          .db()
          .collection('patients')
          .insertMany([{ email: person.email }, { ssn: person.ssn }]),
      ),
  }),
  provoked('mongodb', 'a command that is refused', {
    planted: [person.user, person.ssn],
    expect: { type: 'MongoServerError', code: /^(13|Unauthorized)$/, template: /Unauthorized|not authorized/ },
    work: () =>
      asking(
        {
          ok: 0,
          code: 13,
          codeName: 'Unauthorized',
          errmsg: `not authorized on ward to execute command { find: "patients", filter: { ssn: "${person.ssn}" } } as ${person.user}`,
        },
        (client) => client.db().collection('patients').findOne({ ssn: person.ssn }),
      ),
  }),
  provoked('mongodb', 'a connection refused', {
    planted: [secret.databasePassword, person.user],
    expect: { type: 'MongoServerSelectionError', template: /connect|ECONNREFUSED/ },
    work: async () => {
      const client = new MongoClient(
        `mongodb://${person.user}:${secret.databasePassword}@127.0.0.1:${await closedPort()}/ward`,
        quick,
      )
      try {
        await client.connect()
      } finally {
        await client.close()
      }
    },
  }),
  provoked('mongodb', 'an address that is none', {
    planted: [secret.databasePassword, person.user],
    expect: { type: 'MongoParseError', template: /Invalid|must/ },
    work: () => new MongoClient(`mongo://${person.user}:${secret.databasePassword}@db/ward`),
  }),
  provoked('mongodb', 'an id that is none', {
    planted: [person.ssn],
    expect: { type: 'BSONError', template: /24 character hex string/ },
    work: () => new BSON.ObjectId(person.ssn),
  }),
]
