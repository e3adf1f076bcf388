/** A PostgreSQL with two tables and one person in it, for one provocation. */
import pg from 'pg'
import { person, secret } from './plants.ts'
import { postgres } from './postgres.ts'

export const planted = [person.email, person.name, person.ssn, secret.password]

const tables = `
  DROP TABLE IF EXISTS visits, patients;
  CREATE TABLE patients (email text PRIMARY KEY, name varchar(20) NOT NULL, ssn text CHECK (ssn ~ '^\\d+$'), age int);
  CREATE TABLE visits (email text REFERENCES patients);
  CREATE OR REPLACE FUNCTION refuse(who text) RETURNS int LANGUAGE plpgsql AS $$
    BEGIN RAISE EXCEPTION 'no consent of %', who USING DETAIL = who, HINT = who, ERRCODE = 'P0001'; END $$;`

export const insert = `INSERT INTO patients VALUES ('${person.email}', '${person.name}')`

/** Each provocation has the database for itself: they follow one another. */
export async function asking(work: (client: pg.Client) => Promise<unknown>): Promise<void> {
  const client = new pg.Client((await postgres()).url)
  await client.connect()
  try {
    await client.query(tables)
    await client.query(insert)
    await work(client)
  } finally {
    await client.end()
  }
}
