// A real OpenID provider as a process of its own: it prints its issuer and runs until it is told to stop. Whoever
// types a name on its page is known by that name as the subject.
import { createServer } from 'node:http';
import { Provider } from 'oidc-provider';

const server = createServer();
server.listen(0, '127.0.0.1', () => {
  const issuer = `http://127.0.0.1:${server.address().port}`;
  const provider = new Provider(issuer, {
    clients: [
      {
        client_id: 'uketsuke',
        client_secret: 'known to this journey alone',
        // RFC 8252: of a native client on this machine every port is taken.
        application_type: 'native',
        redirect_uris: ['http://127.0.0.1/login/back/own'],
        grant_types: ['authorization_code'],
        response_types: ['code'],
      },
    ],
    cookies: { keys: ['of this journey alone'] },
  });
  server.on('request', provider.callback());
  console.log(issuer);
});
process.on('SIGTERM', () => process.exit(0));
