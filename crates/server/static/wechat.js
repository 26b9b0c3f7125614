// Paying inside WeChat: the one thing on this site that needs a script. WeChat's browser offers
// WeixinJSBridge; what it answers is only a hint, so "ok" leads to the page that asks our server.
(() => {
  const button = document.getElementById('pay');
  if (!button) return;
  const show = (wanted) => {
    for (const note of document.querySelectorAll('[data-note]')) {
      note.hidden = note.dataset.note !== wanted;
    }
  };
  const pay = () => {
    show('');
    window.WeixinJSBridge.invoke('getBrandWCPayRequest', { ...button.dataset }, (reply) => {
      const word = String(reply.err_msg).split(':').pop();
      if (word === 'ok') {
        location.replace(button.form.action);
      } else {
        show(word === 'cancel' ? 'cancel' : 'fail');
      }
    });
  };
  const whenReady = (act) => {
    if (window.WeixinJSBridge) act();
    else document.addEventListener('WeixinJSBridgeReady', act, { once: true });
  };
  button.addEventListener('click', (event) => {
    event.preventDefault();
    whenReady(pay);
  });
  whenReady(pay);
})();
