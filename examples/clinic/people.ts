/** The people and patients of the clinic. Invented, all of them; passwords are here because the clinic is not real. */

export interface Person {
  readonly id: string
  readonly name: string
  readonly password: string
  readonly roles: readonly string[]
}

export interface Patient {
  readonly id: string
  readonly name: string
  readonly born: string
  readonly diagnosis: string
}

export const people: readonly Person[] = [
  { id: 'usr_amara', name: 'amara', password: 'heron-7-lantern', roles: ['doctor'] },
  { id: 'usr_bela', name: 'bela', password: 'copper-3-meadow', roles: ['doctor'] },
  { id: 'usr_chidi', name: 'chidi', password: 'willow-9-anchor', roles: ['nurse'] },
  { id: 'usr_dana', name: 'dana', password: 'saffron-2-ridge', roles: ['nurse'] },
  { id: 'usr_emil', name: 'emil', password: 'granite-5-swift', roles: ['reception'] },
  { id: 'usr_freya', name: 'freya', password: 'juniper-8-tide', roles: ['admin'] },
]

const names = [
  'Ada Example',
  'Bo Sample',
  'Cleo Specimen',
  'Dov Instance',
  'Eve Case',
  'Finn Model',
  'Gus Fixture',
  'Hana Mock',
]
const diagnoses = ['fracture of wrist', 'asthma', 'type 2 diabetes', 'migraine', 'hypertension']

export const patients: ReadonlyMap<string, Patient> = new Map(
  Array.from({ length: 40 }, (_, index) => {
    const id = `pat_${String(index + 1).padStart(3, '0')}`
    const name = names[index % names.length] ?? 'Nobody'
    const born = `19${50 + (index % 50)}-0${1 + (index % 9)}-1${index % 9}`
    return [id, { id, name, born, diagnosis: diagnoses[index % diagnoses.length] ?? '' }] as const
  }),
)
