// The city's identity provider, played by npm oidc-provider. GET /play?as=MODE makes the next tokens
// what a broken or hostile provider would send. Prints its port.
import { pathToFileURL } from 'node:url';
import { createServer } from 'node:http';

const modules = process.env.SHEBAO_TEST_NODE_MODULES;
const load = (path) => import(pathToFileURL(`${modules}/${path}`).href);
const { default: Provider } = await load('oidc-provider/lib/index.js');
const jose = await load('jose/dist/webapi/index.js');

const algorithm = process.env.ALGORITHM;
const key = async (kid) => {
  const pair = await jose.generateKeyPair(algorithm, { extractable: true });
  return { ...(await jose.exportJWK(pair.privateKey)), kid, alg: algorithm, use: 'sig' };
};
const [first, second, foreign] = [await key('first'), await key('second'), await key('first')];
const client = {
  client_id: 'shebao-desk',
  client_secret: 'a secret: with+signs/and spaces',
  redirect_uris: [`${process.env.SITE}/desk/single-sign-on/return`],
  post_logout_redirect_uris: [`${process.env.SITE}/desk/sign-in`],
  id_token_signed_response_alg: algorithm,
};
let mode = 'honest';

const server = createServer();
await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
const issuer = `http://127.0.0.1:${server.address().port}`;
const provider = new Provider(issuer, {
  clients: [client],
  jwks: { keys: [first] },
  cookies: { keys: ['for tests'] },
  pkce: { required: () => true },
  conformIdTokenClaims: false,
  claims: { openid: ['sub'], profile: ['preferred_username'] },
  findAccount: (_, id) => ({
    accountId: id,
    // "wu-min@other" is another person whose name at the provider is the account's.
    claims: () => ({ sub: id, preferred_username: id.split('@')[0] }),
  }),
});

const forge = async (token) => {
  const claims = jose.decodeJwt(token);
  const header = jose.decodeProtectedHeader(token);
  const sign = async (changed, jwk = first, kid = header.kid) =>
    new jose.SignJWT({ ...claims, ...changed })
      .setProtectedHeader({ alg: algorithm, kid })
      .sign(await jose.importJWK(jwk, algorithm));
  const [head, body, signature] = token.split('.');
  const base64 = (value) => Buffer.from(JSON.stringify(value)).toString('base64url');
  switch (mode) {
    case 'nonce': return sign({ nonce: 'of another attempt' });
    case 'expired': return sign({ iat: claims.iat - 7200, exp: claims.iat - 3600 });
    case 'audience': return sign({ aud: 'another client' });
    case 'issuer': return sign({ iss: 'https://other.example' });
    case 'tampered': return [head, base64({ ...claims, sub: 'admin' }), signature].join('.');
    case 'foreign': return sign({}, foreign);
    case 'none': return [base64({ alg: 'none' }), body, ''].join('.');
    case 'rotated': return sign({}, second, 'second');
    default: return token;
  }
};

provider.use(async (context, next) => {
  if (context.path === '/play') {
    mode = context.query.as;
    context.body = 'ok';
    return;
  }
  await next();
  if (context.path === '/token' && context.body?.id_token) {
    context.body = { ...context.body, id_token: await forge(context.body.id_token) };
  }
  if (context.path === '/jwks' && mode === 'rotated') {
    const { kty, kid, alg, use, n, e, crv, x, y } = second;
    context.body = { keys: [...context.body.keys, { kty, kid, alg, use, n, e, crv, x, y }] };
  }
});
server.on('request', provider.callback());
console.log(server.address().port);
process.stdin.on('end', () => process.exit()).resume();
