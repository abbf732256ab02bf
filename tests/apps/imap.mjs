// An IMAP server with a strict grammar, in memory: node imap.mjs PORT FILE.eml ...  Says "up" when it listens.
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';

const hoodiecrow = createRequire(process.cwd() + '/')('hoodiecrow-imap');
const [port, ...files] = process.argv.slice(2);
const messages = files.map((f) => ({ raw: readFileSync(f, 'latin1'), internaldate: ' 9-Mar-2023 09:00:00 +0800' }));
const server = hoodiecrow({
  plugins: ['ID', 'NAMESPACE', 'UIDPLUS', 'CONDSTORE', 'ENABLE', 'SPECIAL-USE', 'LITERALPLUS', 'UNSELECT'],
  id: { name: 'hoodiecrow' },
  users: { entries: { password: 'secret' } },
  storage: { INBOX: { messages }, '': { separator: '/', folders: { done: {} } } },
});
server.listen(Number(port), () => console.log('up'));
