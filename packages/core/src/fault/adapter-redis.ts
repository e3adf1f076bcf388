/** Redis: the word its replies begin with, and the name of the command. Never the command's arguments. */
import { own } from '../scrub/read.ts'
import type { Adapter } from './adapter.ts'
import { isCode } from './code.ts'
import { objectIn } from './fields.ts'

const replies: ReadonlySet<string> = new Set(['ReplyError', 'ErrorReply', 'SimpleError', 'BlobError', 'RedisError'])

export const redisAdapter: Adapter = {
  library: 'ioredis, redis',
  describe(error, { names }) {
    const command = own(objectIn(error, 'command') ?? error, objectIn(error, 'command') ? 'name' : 'command')
    const named = typeof command === 'string' && commands.has(command.toLowerCase())
    const reply = [...names].some((name) => replies.has(name))
    if (!reply && !(named && [...names].some((name) => name.endsWith('Error')))) return undefined
    const message = own(error, 'message')
    const word = typeof message === 'string' ? /^([A-Z]{2,16})(?: |$)/.exec(message)?.[1] : undefined
    return {
      code: isCode(own(error, 'code')) ? undefined : isCode(word) ? word : undefined,
      details: { command: named ? command.toLowerCase() : undefined },
    }
  },
}

const commands: ReadonlySet<string> = new Set(
  `acl append asking auth bgrewriteaof bgsave bitcount bitfield bitop bitpos blmove blpop brpop bzpopmax bzpopmin client cluster
  command config copy dbsize decr decrby del discard dump echo eval eval_ro evalsha exec exists expire expireat expiretime
  fcall flushall flushdb function geoadd geodist geohash geopos georadius geosearch get getbit getdel getex getrange getset hdel
  hello hexists hexpire hget hgetall hincrby hincrbyfloat hkeys hlen hmget hmset hrandfield hscan hset hsetnx hstrlen httl hvals
  incr incrby incrbyfloat info keys lastsave latency lcs lindex linsert llen lmove lmpop lolwut lpop lpos lpush lpushx lrange lrem lset
  ltrim memory mget migrate module monitor move mset msetnx multi object persist pexpire pexpireat pfadd pfcount pfmerge ping
  psetex psubscribe psync pttl publish pubsub punsubscribe quit randomkey readonly readwrite rename renamenx replicaof restore
  role rpop rpoplpush rpush rpushx sadd save scan scard script sdiff sdiffstore select set setbit setex setnx setrange shutdown
  sinter sintercard sinterstore sismember slaveof slowlog smembers smismember smove sort spop spublish srandmember srem sscan
  ssubscribe strlen subscribe substr sunion sunionstore sunsubscribe swapdb sync time touch ttl type unlink unsubscribe unwatch
  wait waitaof watch xack xadd xautoclaim xclaim xdel xgroup xinfo xlen xpending xrange xread xreadgroup xrevrange xsetid xtrim
  zadd zcard zcount zdiff zincrby zinter zinterstore zlexcount zmpop zmscore zpopmax zpopmin zrandmember zrange zrangebylex
  zrangebyscore zrangestore zrank zrem zremrangebylex zremrangebyrank zremrangebyscore zrevrange zrevrank zscan zscore zunion
  zunionstore`.split(/\s+/),
)
