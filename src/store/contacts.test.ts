import { describe, it } from 'vitest'
import { memoryContacts } from './contacts.ts'
import { contactsContract } from './testing/contactsContract.ts'

describe('contacts in memory', () => {
  for (const { name, run } of contactsContract) it(name, () => run(async () => memoryContacts()))
})
