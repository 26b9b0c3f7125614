// WeChat's own browser defines WeixinJSBridge; this stands in for it in an ordinary one.
(() => {
  const base = document.currentScript
    ? document.currentScript.src.replace(/\/sandbox\/bridge\.js.*$/, '')
    : window.WECHAT_SANDBOX_URL;
  const ask = (args, answer) => {
    const dialog = document.createElement('dialog');
    const text = document.createElement('p');
    text.textContent = '微信支付（沙箱） WeChat Pay (sandbox)';
    dialog.append(text);
    const button = (label, id, act) => {
      const made = document.createElement('button');
      made.textContent = label;
      made.id = id;
      made.onclick = () => { dialog.close(); dialog.remove(); act(); };
      dialog.append(made);
    };
    button('确认支付 Pay', 'sandbox-pay', () => {
      // A plain content type needs no preflight.
      fetch(base + '/sandbox/pay', { method: 'POST', body: JSON.stringify(args) })
        .then((reply) => reply.json())
        .then((reply) => answer({ err_msg: reply.err_msg }))
        .catch(() => answer({ err_msg: 'get_brand_wcpay_request:fail' }));
    });
    button('取消 Cancel', 'sandbox-cancel', () => {
      answer({ err_msg: 'get_brand_wcpay_request:cancel' });
    });
    document.body.append(dialog);
    dialog.showModal();
  };
  window.WeixinJSBridge = {
    invoke(name, args, answer) {
      if (name === 'getBrandWCPayRequest') ask(args, answer);
    },
  };
  document.dispatchEvent(new Event('WeixinJSBridgeReady'));
})();
