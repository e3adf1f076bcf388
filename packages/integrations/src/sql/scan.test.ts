import { describe, expect, it } from 'vitest'
import { readStatements } from './statements.ts'
import type { Dialect } from './tokens.ts'

/** `read:a create:b`, sorted; with `(n)` behind what the result does not count. */
function uses(sql: string, dialect: Dialect = 'postgres'): string {
  return readStatements(sql, dialect)
    .statements.flatMap((statement) =>
      statement.uses.map(
        ({ verb, table, counted }) => `${verb}:${table}${counted && verb === statement.verb ? '' : '(n)'}`,
      ),
    )
    .sort()
    .join(' ')
}

const rowsOf = (sql: string, dialect: Dialect = 'postgres') => readStatements(sql, dialect).statements[0]?.rowsOf

describe('a statement', () => {
  it.each<[string, string]>([
    ['SELECT 1', ''],
    ['', ''],
    ['SELECT * FROM patients', 'read:patients'],
    ['select id from Patients where id = $1', 'read:Patients'],
    ['SELECT * FROM clinic.patients p', 'read:clinic.patients'],
    ['SELECT * FROM "clinic"."Pa""tients" AS p', 'read:clinic.Pa"tients'],
    ['SELECT * FROM clinic . patients', 'read:clinic.patients'],
    ['SELECT * FROM patients p, visits AS v, rooms', 'read:patients read:rooms read:visits'],
    [
      'SELECT * FROM patients JOIN visits ON a = b LEFT OUTER JOIN rooms USING (x)',
      'read:patients read:rooms read:visits',
    ],
    ['SELECT * FROM patients p NATURAL JOIN visits, rooms', 'read:patients read:rooms read:visits'],
    ['SELECT * FROM (patients p JOIN visits v ON p.id = v.id)', 'read:patients read:visits'],
    ['SELECT * FROM ((patients CROSS JOIN visits) JOIN rooms ON true)', 'read:patients read:rooms read:visits'],
    ['SELECT * FROM (SELECT * FROM patients) AS p WHERE true', 'read:patients'],
    ['SELECT * FROM rooms WHERE id IN (SELECT room FROM visits)', 'read:rooms read:visits(n)'],
    ['SELECT (SELECT count(*) FROM visits v WHERE v.p = p.id) FROM patients p', 'read:patients read:visits(n)'],
    ['SELECT EXISTS (SELECT 1 FROM patients)', 'read:patients(n)'],
    ['SELECT * FROM ONLY patients', 'read:patients'],
    ['SELECT * FROM LATERAL (SELECT * FROM patients) x', 'read:patients'],
    ['SELECT * FROM generate_series(1, 10) g, patients', 'read:patients'],
    ['SELECT * FROM unnest($1::text[]) WITH ORDINALITY AS t(a, b) JOIN patients ON true', 'read:patients'],
    [
      'SELECT EXTRACT(YEAR FROM born), trim(both from name), substring(name from 1 for 2) FROM patients',
      'read:patients',
    ],
    ['SELECT a IS DISTINCT FROM b, a IS NOT DISTINCT FROM c FROM patients', 'read:patients'],
    ['SELECT * FROM patients FOR UPDATE', 'read:patients'],
    ['SELECT * FROM patients p JOIN visits v ON true FOR NO KEY UPDATE OF p, v', 'read:patients read:visits'],
    ['SELECT * FROM patients ORDER BY name, born LIMIT 10', 'read:patients'],
    ['SELECT * FROM patients GROUP BY a, b HAVING c > 1 WINDOW w AS (PARTITION BY x)', 'read:patients'],
    ['SELECT 1 UNION ALL SELECT id FROM patients EXCEPT SELECT id FROM visits', 'read:patients read:visits'],
    ['(SELECT id FROM patients) UNION (SELECT id FROM visits) ORDER BY 1', 'read:patients read:visits'],
    ['SELECT * INTO TEMP copies FROM patients', 'create:copies(n) read:patients'],
    ['TABLE patients', 'read:patients'],
    ['VALUES (1, 2)', ''],
    ['SELECT * FROM patients TABLESAMPLE bernoulli (1), visits', 'read:patients read:visits'],
  ])('that reads names what it reads: %s', (sql, expected) => {
    expect(uses(sql)).toBe(expected)
  })

  it.each<[string, string]>([
    ['INSERT INTO patients VALUES (1)', 'create:patients'],
    ['INSERT INTO clinic.patients (id, name) VALUES ($1, $2) RETURNING id', 'create:clinic.patients'],
    ['INSERT INTO patients AS p DEFAULT VALUES', 'create:patients'],
    ['INSERT INTO archive SELECT * FROM patients', 'create:archive read:patients(n)'],
    ['INSERT INTO archive (a, b) (SELECT a, b FROM patients)', 'create:archive read:patients(n)'],
    ['INSERT INTO archive TABLE patients', 'create:archive read:patients(n)'],
    ['INSERT INTO archive WITH x AS (SELECT * FROM patients) SELECT * FROM x', 'create:archive read:patients(n)'],
    ['INSERT INTO patients (id) VALUES (1) ON CONFLICT (id) DO NOTHING', 'create:patients'],
    [
      'INSERT INTO patients (id) VALUES (1) ON CONFLICT (id) DO UPDATE SET name = EXCLUDED.name',
      'create:patients update:patients(n)',
    ],
    ['INSERT INTO a SELECT * FROM b ON CONFLICT DO UPDATE SET x = 1', 'create:a read:b(n) update:a(n)'],
    ['UPDATE patients SET name = $1, born = $2 WHERE id = $3', 'update:patients'],
    ['UPDATE ONLY clinic.patients AS p SET name = 1', 'update:clinic.patients'],
    ['UPDATE patients SET room = r.id FROM rooms r, visits WHERE true', 'read:rooms(n) read:visits(n) update:patients'],
    ['UPDATE patients SET (a, b) = (SELECT a, b FROM visits)', 'read:visits(n) update:patients'],
    ['UPDATE patients SET x = EXTRACT(year FROM y)', 'update:patients'],
    ['DELETE FROM patients', 'delete:patients'],
    [
      'DELETE FROM patients p USING visits v, rooms WHERE true RETURNING p.id',
      'delete:patients read:rooms(n) read:visits(n)',
    ],
    ['DELETE FROM patients WHERE id IN (SELECT id FROM visits)', 'delete:patients read:visits(n)'],
    ['TRUNCATE patients, visits CASCADE', 'delete:patients(n) delete:visits(n)'],
    ['TRUNCATE TABLE ONLY patients RESTART IDENTITY', 'delete:patients(n)'],
    [
      'MERGE INTO patients p USING visits v ON p.id = v.id WHEN MATCHED AND x THEN UPDATE SET a = 1 WHEN MATCHED THEN DELETE WHEN NOT MATCHED THEN INSERT (a) VALUES (1)',
      'create:patients(n) delete:patients(n) read:visits(n) update:patients(n)',
    ],
    ['MERGE INTO patients USING (SELECT * FROM visits) v ON true WHEN MATCHED THEN DO NOTHING', 'read:visits(n)'],
    ['COPY patients FROM STDIN', 'create:patients'],
    ["COPY patients (a, b) TO '/tmp/x'", 'read:patients'],
    ['COPY (SELECT * FROM patients) TO STDOUT', 'read:patients'],
    ['CREATE TABLE copies AS SELECT * FROM patients', 'read:patients'],
    ['CREATE MATERIALIZED VIEW copies AS SELECT * FROM patients', 'read:patients'],
  ])('that changes names what it changes and what it reads: %s', (sql, expected) => {
    expect(uses(sql)).toBe(expected)
  })

  it.each<[string, string]>([
    ['WITH p AS (SELECT * FROM patients) SELECT * FROM p JOIN visits ON true', 'read:patients read:visits'],
    ['WITH patients AS (SELECT * FROM patients) SELECT * FROM patients', 'read:patients'],
    ['WITH a(x, y) AS NOT MATERIALIZED (SELECT 1), b AS (SELECT * FROM a) SELECT * FROM b, public.a', 'read:public.a'],
    ['WITH RECURSIVE t(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM t) SELECT * FROM t', ''],
    ['WITH RECURSIVE t AS (SELECT 1) SEARCH DEPTH FIRST BY id SET o CYCLE id SET c USING p SELECT * FROM t', ''],
    [
      'WITH gone AS (DELETE FROM patients RETURNING *) INSERT INTO archive SELECT * FROM gone',
      'create:archive delete:patients(n)',
    ],
    ['WITH x AS (UPDATE patients SET a = 1 RETURNING id) SELECT * FROM x', 'update:patients(n)'],
    ['WITH x AS (SELECT 1) UPDATE patients SET a = 1 FROM x', 'update:patients'],
    ['SELECT * FROM (WITH x AS (SELECT * FROM visits) SELECT * FROM x) y, x', 'read:visits read:x'],
    ['WITH x AS (SELECT 1) (SELECT * FROM x) UNION SELECT id FROM patients', 'read:patients'],
  ])('takes no name of WITH for a table: %s', (sql, expected) => {
    expect(uses(sql)).toBe(expected)
  })

  it.each([
    'BEGIN',
    'SET search_path FROM CURRENT',
    'SHOW tables FROM patients',
    'CALL read_all(patients)',
    'GRANT SELECT ON patients TO x',
    'REVOKE DELETE ON patients FROM x',
    'CREATE VIEW v AS SELECT * FROM patients',
    'CREATE INDEX i ON patients (name)',
    'CREATE TABLE t (id int REFERENCES patients ON DELETE CASCADE ON UPDATE CASCADE)',
    'ALTER TABLE patients ADD x int',
    'DROP TABLE patients',
    'EXPLAIN SELECT * FROM patients',
    'EXPLAIN (VERBOSE, COSTS off) DELETE FROM patients',
    'ANALYZE patients',
    'VACUUM patients',
    'FETCH 10 FROM patients',
    'NOTIFY patients',
    'DO $$ BEGIN DELETE FROM patients; END $$',
    'CREATE FUNCTION f() RETURNS int AS $body$ SELECT * FROM patients; $body$ LANGUAGE sql',
    'CREATE TRIGGER t AFTER INSERT ON visits BEGIN DELETE FROM patients; UPDATE patients SET a = 1; END',
    'from patients',
    ') SELECT',
  ])('that runs no query names nothing: %s', (sql) => {
    expect(uses(sql)).toBe('')
  })

  it.each<[string, string]>([
    ['EXPLAIN ANALYZE DELETE FROM patients', 'delete:patients(n)'],
    ['EXPLAIN (ANALYZE, BUFFERS) SELECT * FROM patients', 'read:patients(n)'],
    ['PREPARE p (int, text) AS SELECT * FROM patients WHERE id = $1', 'read:patients'],
    ['DECLARE c NO SCROLL CURSOR WITH HOLD FOR SELECT * FROM patients', 'read:patients'],
  ])('that runs a query in another one counts as that one: %s', (sql, expected) => {
    expect(uses(sql)).toBe(expected)
  })
})

describe('text', () => {
  it.each<[Dialect, string, string]>([
    ['postgres', "SELECT 'it''s FROM visits' FROM patients", 'read:patients'],
    ['postgres', "SELECT 'a\\' FROM patients", 'read:patients'],
    ['postgres', "SELECT E'a\\' FROM visits' FROM patients", 'read:patients'],
    ['postgres', 'SELECT U&\'\\0061 FROM visits\', U&"x" FROM patients', 'read:patients'],
    ['postgres', 'SELECT $$ FROM visits $$, $a$ $$ FROM visits $b$ $a$ FROM patients', 'read:patients'],
    ['postgres', 'SELECT a$b$c FROM patients WHERE x = $1', 'read:patients'],
    ['postgres', 'SELECT 1 /* FROM a /* FROM b */ FROM c */ FROM patients', 'read:patients'],
    ['postgres', 'SELECT 1 -- FROM a\nFROM patients--x', 'read:patients'],
    ['postgres', 'SELECT a[1:2], b::text, c->>:from FROM patients', 'read:patients'],
    ['postgres', "SELECT data #> '{a}' FROM patients", 'read:patients'],
    ['postgres', 'SELECT 1 FROM "from" JOIN "select" ON true', 'read:from read:select'],
    ['mysql', "SELECT 'a\\' FROM visits' FROM patients", 'read:patients'],
    ['mysql', 'SELECT "a\\" FROM visits" FROM `patients`', 'read:patients'],
    ['mysql', 'SELECT 5--3 FROM patients', 'read:patients'],
    ['mysql', 'SELECT 5 -- 3 FROM visits\nFROM patients # FROM rooms\n', 'read:patients'],
    ['mysql', 'SELECT 1 /* /* */ FROM patients', 'read:patients'],
    ['mysql', 'SELECT 1 /*!50000 FROM visits */ WHERE true', 'read:visits'],
    [
      'mysql',
      'SELECT STRAIGHT_JOIN a FROM `clinic`.`pa``tients` STRAIGHT_JOIN visits',
      'read:clinic.pa`tients read:visits',
    ],
    ['mysql', 'SELECT * FROM 2020_patients, 1ex', 'read:1ex read:2020_patients'],
    ['mysql', "SELECT _utf8'FROM visits', N'x' FROM patients", 'read:patients'],
    ['mysql', 'SELECT @from := 1, @@global.x FROM patients', 'read:patients'],
    ['mysql', "SELECT * FROM patients INTO OUTFILE 'x'", 'read:patients'],
    ['mysql', 'SELECT a INTO @x FROM patients', 'read:patients'],
    [
      'mysql',
      'SELECT * FROM patients USE INDEX FOR ORDER BY (i) FORCE INDEX FOR JOIN (j), visits',
      'read:patients read:visits',
    ],
    ['mysql', 'INSERT IGNORE patients SET a = 1, b = 2', 'create:patients'],
    ['mysql', 'INSERT INTO patients VALUES (1) ON DUPLICATE KEY UPDATE a = 1', 'create:patients update:patients(n)'],
    ['mysql', 'REPLACE INTO patients VALUES (REPLACE(a, b, c))', 'create:patients'],
    ['mysql', 'UPDATE patients p, visits v SET v.x = p.y', 'read:patients(n) update:visits'],
    ['mysql', 'UPDATE patients p JOIN visits v ON true SET p.x = 1, v.y = 2', 'update:patients update:visits'],
    ['mysql', 'UPDATE LOW_PRIORITY IGNORE patients SET x = 1', 'update:patients'],
    ['mysql', 'DELETE p, v FROM patients p JOIN visits v JOIN rooms', 'delete:patients delete:visits read:rooms(n)'],
    ['mysql', 'DELETE p.*, v.* FROM patients p, visits v', 'delete:patients delete:visits'],
    ['mysql', 'DELETE FROM p, v USING patients p JOIN visits v USING (id)', 'delete:patients delete:visits'],
    ['mysql', "LOAD DATA LOCAL INFILE 'x' REPLACE INTO TABLE patients (a, b)", 'create:patients'],
    ['mysql', "LOAD DATA INFILE 'x' INTO TABLE patients FIELDS TERMINATED BY ','", 'create:patients'],
    ['sqlite', 'SELECT * FROM [pa tients], "visits", `rooms`', 'read:pa tients read:rooms read:visits'],
    ['sqlite', 'INSERT OR REPLACE INTO patients VALUES (:id, @name, $from)', 'create:patients'],
    ['sqlite', 'UPDATE OR IGNORE main.patients SET x = 1', 'update:main.patients'],
    ['sqlite', 'SELECT 1 /* /* */ FROM patients', 'read:patients'],
    ['sqlite', 'EXPLAIN QUERY PLAN SELECT * FROM patients', ''],
    [
      'mssql',
      'UPDATE p SET p.name = 1 FROM dbo.patients p JOIN visits v ON 1 = 1',
      'read:visits(n) update:dbo.patients',
    ],
    ['mssql', 'DELETE TOP (10) FROM [dbo].[pa]]tients]', 'delete:dbo.pa]tients'],
    ['mssql', 'SELECT TOP 10 * FROM clinic..patients WITH (NOLOCK) CROSS APPLY f(1)', 'read:clinic.patients'],
  ])('is read as %s reads it: %s', (dialect, sql, expected) => {
    expect(uses(sql, dialect)).toBe(expected)
  })

  it.each<[Dialect, string, string]>([
    ['postgres', 'SELECT minus, p.union, p.from, id AS from, id AS into FROM patients p', 'read:patients'],
    ['postgres', 'SELECT * FROM visits minus, rooms AS output, patients', 'read:patients read:rooms read:visits'],
    ['postgres', 'SELECT * FROM visits AS set, patients', 'read:patients read:visits'],
    ['postgres', 'SELECT p."name" FROM patients p', 'read:patients'],
    ['postgres', 'UPDATE visits SET minus = 1, output = 2 FROM patients', 'read:patients(n) update:visits'],
    ['postgres', 'SELECT * FROM U&"\\0070ati\\+000065nts", u&"!0070" UESCAPE \'!\'', 'read:p read:patients'],
    ['postgres', 'SELECT * FROM U&"a\\\\b\\zz"', 'read:a\\b\\zz'],
    ['postgres', 'SELECT 1 WHERE EXISTS (TABLE patients) UNION (TABLE visits)', 'read:patients(n) read:visits'],
    ['postgres', '(TABLE patients)', 'read:patients'],
    ['postgres', 'COPY (TABLE patients) TO STDOUT', 'read:patients'],
    ['postgres', 'WITH "PATIENTS" AS (SELECT 1) SELECT * FROM patients, "PATIENTS"', 'read:patients'],
    ['postgres', 'WITH PATIENTS AS (SELECT 1) SELECT * FROM "patients"', ''],
    ['sqlite', "SELECT * FROM 'patients', main.'visits' JOIN 'rooms'", 'read:main.visits read:patients read:rooms'],
    ['sqlite', "WITH 'a' AS (SELECT 1) SELECT id AS 'label' FROM 'a', patients 'p'", 'read:patients'],
    ['sqlite', "INSERT INTO 'patients' VALUES ('visits')", 'create:patients'],
    ['sqlite', "UPDATE 'patients' SET a = 'visits'", 'update:patients'],
    ['sqlite', "DELETE FROM 'patients' WHERE id IN main.'visits'", 'delete:patients read:main.visits(n)'],
    [
      'sqlite',
      'SELECT * FROM rooms WHERE (? IN visits) AND id NOT IN patients',
      'read:patients(n) read:rooms read:visits(n)',
    ],
    ['sqlite', 'SELECT * FROM rooms WHERE id IN (visits, ?) AND b IN f(1)', 'read:rooms'],
    ['sqlite', 'WITH a AS (SELECT 1) SELECT id FROM rooms WHERE id IN a', 'read:rooms'],
    ['sqlite', '\uFEFFSELECT * FROM \uFEFFpatients', 'read:patients'],
    ['mysql', 'SELECT 1e0FROM patients', 'read:patients'],
    ['mysql', 'SELECT 1e+5FROM patients', 'read:patients'],
    ['mysql', 'SELECT .5FROM patients', 'read:patients'],
    ['mysql', 'SELECT 1.FROM patients', 'read:patients'],
    ['mysql', 'SELECT \\NFROM patients', 'read:patients'],
    ['mysql', "SELECT id AS 'label' FROM {oj patients LEFT JOIN visits ON true}", 'read:patients read:visits'],
    ['mysql', 'SET @n = (SELECT count(*) FROM patients)', 'read:patients(n)'],
    ['mysql', 'DO (SELECT count(*) FROM patients)', 'read:patients(n)'],
  ])('hides no table from whoever reads as %s does: %s', (dialect, sql, expected) => {
    expect(uses(sql, dialect)).toBe(expected)
  })

  it('of several statements names each of them', () => {
    const { statements } = readStatements(
      "SELECT ';'; ;UPDATE patients SET a = 1; BEGIN; SELECT * FROM visits;",
      'postgres',
    )
    expect(statements.map(({ verb, uses: all }) => [verb, ...all.map(({ table }) => table)])).toEqual([
      ['read'],
      ['update', 'patients'],
      [undefined],
      ['read', 'visits'],
    ])
  })

  it('beyond the bound is not read, and that is said', () => {
    const values = Array.from({ length: 60_000 }, (_, n) => `(${n}, 'name')`).join(', ')
    const long = `INSERT INTO patients VALUES ${values}; DELETE FROM visits`
    expect(long.length).toBeGreaterThan(1_000_000)
    expect(uses(long)).toBe('create:patients')
    expect(readStatements(long, 'postgres').cut).toBe(true)
    expect(readStatements('SELECT 1', 'postgres').cut).toBe(false)
    const torn = `SELECT ${'1,'.repeat(131_060)} 1 FROM patients_of_somebody_else`
    expect(readStatements(torn, 'postgres')).toMatchObject({ cut: true, statements: [{ uses: [] }] })
  })

  it('that is too deep or too wide is cut', () => {
    expect(readStatements(`SELECT ${'('.repeat(5_000)}`, 'postgres').cut).toBe(true)
    expect(readStatements('SELECT 1;'.repeat(2_000), 'postgres').cut).toBe(true)
    const wide = Array.from({ length: 300 }, (_, n) => `t${n}`).join(', ')
    expect(readStatements(`SELECT * FROM ${wide}`, 'postgres')).toMatchObject({ cut: true })
  })

  it('is remembered unless it holds a literal', () => {
    const plain = 'SELECT * FROM patients WHERE id = $1'
    expect(readStatements(plain, 'postgres')).toBe(readStatements(plain, 'postgres'))
    for (const literal of ["'x'", "E'x'", '$$x$$'])
      expect(readStatements(`${plain} ${literal}`, 'postgres')).not.toBe(
        readStatements(`${plain} ${literal}`, 'postgres'),
      )
    for (let n = 0; n < 1_500; n++) readStatements(`SELECT ${n} FROM t`, 'postgres')
    expect(uses(plain)).toBe('read:patients')
  })
})

describe('the rows of a result', () => {
  it.each<[string, string | undefined]>([
    ['SELECT * FROM patients', 'patients'],
    ['SELECT * FROM patients WHERE id IN (SELECT patient FROM visits)', 'patients'],
    ['INSERT INTO patients SELECT * FROM visits RETURNING *', 'patients'],
    ['UPDATE patients SET a = 1 RETURNING *', 'patients'],
    ['DELETE FROM patients RETURNING *', 'patients'],
    ['SELECT * FROM patients, visits', undefined],
    ['SELECT * FROM patients JOIN visits USING (id)', undefined],
    ['SELECT * FROM (SELECT id FROM patients) p', undefined],
    ['WITH p AS (SELECT * FROM patients) SELECT * FROM p', undefined],
    ['SELECT id FROM patients UNION SELECT id FROM visits', undefined],
    ['SELECT * FROM patients, f(1)', undefined],
    ['DELETE FROM patients USING visits RETURNING *', undefined],
    ['EXPLAIN ANALYZE SELECT * FROM patients', undefined],
  ])('are those of one table or of none: %s', (sql, expected) => {
    expect(rowsOf(sql)).toBe(expected)
  })
})
