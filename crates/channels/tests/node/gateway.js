// WeChat Pay played by npm wechatpay-axios-plugin: verifies our requests, signs its answers, and
// hands out notices, good and tampered. Keys come by environment; the port goes to the output.
const http = require('http');
const { createRequire } = require('module');
const load = createRequire(`${process.env.SHEBAO_TEST_NODE_MODULES}/`);
const { Aes, Formatter, Rsa } = load('wechatpay-axios-plugin');

const env = process.env;
const merchantPublicKey = Rsa.from(env.MERCHANT_PUBLIC_KEY, Rsa.KEY_TYPE_PUBLIC);
const platformPrivateKey = Rsa.from(env.PLATFORM_PRIVATE_KEY, Rsa.KEY_TYPE_PRIVATE);
const now = env.NOW_SECONDS;

function signed(body) {
  const nonce = Formatter.nonce();
  return {
    'Wechatpay-Timestamp': now,
    'Wechatpay-Nonce': nonce,
    'Wechatpay-Serial': env.PLATFORM_KEY_ID,
    'Wechatpay-Signature': Rsa.sign(Formatter.response(now, nonce, body), platformPrivateKey),
    'Wechatpay-Signature-Type': 'WECHATPAY2-SHA256-RSA2048',
  };
}

function isAuthorized(request, body) {
  const [scheme, pairs] = (request.headers.authorization || '').split(/ (.*)/);
  const value = Object.fromEntries(
    (pairs || '').split(',').map((pair) => pair.match(/(\w+)="(.*)"/).slice(1)),
  );
  const message = Formatter.request(
    request.method, request.url, value.timestamp, value.nonce_str, body,
  );
  return scheme === 'WECHATPAY2-SHA256-RSA2048' && value.mchid === env.MCHID
    && value.serial_no === env.MERCHANT_SERIAL
    && Rsa.verify(message, value.signature, merchantPublicKey);
}

function transaction(number, total) {
  return {
    appid: env.APP_ID, mchid: env.MCHID, out_trade_no: number,
    transaction_id: '4200000263202611247700134212', trade_type: 'JSAPI', trade_state: 'SUCCESS',
    trade_state_desc: '支付成功', bank_type: 'OTHERS', attach: '',
    success_time: '2026-11-24T12:00:00+08:00', payer: { openid: 'oUpF8' },
    amount: { total, payer_total: total, currency: 'CNY', payer_currency: 'CNY' },
  };
}

function notice(tampering, number, total) {
  const nonce = Formatter.nonce(12);
  const plain = JSON.stringify(transaction(number, total));
  const ciphertext = Aes.AesGcm.encrypt(plain, env.API_V3_KEY, nonce, 'transaction');
  let body = JSON.stringify({
    id: 'EV-2018022511223320873', create_time: '2026-11-24T12:00:00+08:00',
    resource_type: 'encrypt-resource', event_type: 'TRANSACTION.SUCCESS', summary: '支付成功',
    resource: {
      original_type: 'transaction', algorithm: 'AEAD_AES_256_GCM', ciphertext, nonce,
      associated_data: tampering === 'associated_data' ? 'refund' : 'transaction',
    },
  });
  const headers = signed(body);
  if (tampering === 'body') body = body.replace('支付成功', '支付失败');
  if (tampering === 'signature') {
    const first = headers['Wechatpay-Signature'][0] === 'A' ? 'B' : 'A';
    headers['Wechatpay-Signature'] = first + headers['Wechatpay-Signature'].slice(1);
  }
  if (tampering === 'probe') headers['Wechatpay-Signature'] = 'WECHATPAY/SIGNTEST/QUJD';
  if (tampering === 'serial') headers['Wechatpay-Serial'] = 'PUB_KEY_ID_OTHER';
  if (tampering === 'clock') headers['Wechatpay-Timestamp'] = String(Number(now) - 301);
  if (tampering === 'nonce') headers['Wechatpay-Nonce'] = Formatter.nonce();
  return { headers, body };
}

function reply(request, body) {
  const url = new URL(request.url, 'http://gateway');
  if (url.pathname === '/test/notice') {
    const { searchParams: query } = url;
    const made = notice(query.get('tampering'), query.get('number'), Number(query.get('total')));
    return [200, JSON.stringify(made), {}];
  }
  if (url.pathname === '/test/pay_call') {
    const call = JSON.parse(body);
    const message = Formatter.joinedByLineFeed(
      call.appId, call.timeStamp, call.nonceStr, call.package,
    );
    return [200, JSON.stringify(Rsa.verify(message, call.paySign, merchantPublicKey)), {}];
  }
  if (url.pathname === '/test/bill') {
    return [200, JSON.stringify(Formatter.castCsvBill(Buffer.from(body, 'base64'))), {}];
  }
  if (!isAuthorized(request, body)) {
    const refusal = JSON.stringify({ code: 'SIGN_ERROR', message: '签名错误' });
    return [401, refusal, signed(refusal)];
  }
  const number = url.pathname.match(/out-trade-no\/([^/]+)/)?.[1];
  let answer = '';
  if (url.pathname === '/v3/pay/transactions/jsapi') {
    answer = JSON.stringify({ prepay_id: 'wx201410272009395522657a690389285100' });
  } else if (number && request.method === 'GET') {
    answer = JSON.stringify(transaction(number, 105523));
  }
  return [answer ? 200 : 204, answer, signed(answer)];
}

const server = http.createServer((request, response) => {
  const chunks = [];
  request.on('data', (chunk) => chunks.push(chunk));
  request.on('end', () => {
    const [status, body, headers] = reply(request, Buffer.concat(chunks).toString());
    response.writeHead(status, { 'Content-Type': 'application/json', ...headers });
    response.end(body);
  });
});
server.listen(0, '127.0.0.1', () => console.log(server.address().port));
// The gateway ends with the test that holds its input.
process.stdin.on('end', () => process.exit(0)).resume();
