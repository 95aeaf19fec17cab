// What htmx does not do. Every page works without this file.
(() => {
  const on = (type, listener, capture) => document.addEventListener(type, listener, capture);
  const all = (selector, root = document) => root.querySelectorAll(selector);

  let column = ''; // of the cell that a row is opened by

  function make(tag, properties) {
    return Object.assign(document.createElement(tag), properties);
  }

  // A message about the whole page. What was typed stays where it is.
  function notice(text, link) {
    const box = make('div', { className: 'summary', tabIndex: -1 });
    box.append(make('p', { textContent: text }));
    if (link) box.append(make('a', { target: '_blank', ...link }));
    document.getElementById('notice').replaceChildren(box);
    box.focus();
  }

  // A colour as its picker takes it.
  const colour = (text) => (/^#[0-9a-f]{6}$/i.test(text) ? text : '#000000');

  // Whether there is something to drop and to paste with.
  const mouse = matchMedia('(hover: hover)').matches;

  // Whether the browser knows passkeys, and the site has a name for them.
  const passkeys = !!window.PublicKeyCredential?.parseRequestOptionsFromJSON && !/^[\d.]+$|:/.test(location.hostname);

  // A passkey is asked for, and its answer sent with the form. The task to make one stands in the page; that to show one is fetched.
  on('click', async (event) => {
    const button = event.target.closest?.('[data-passkey]');
    if (!button) return;
    const form = button.form;
    if (form.elements.name?.value.trim() === '') return form.requestSubmit(); // the site says what is missing, before a device does anything
    try {
      let answer;
      if (button.dataset.task) {
        answer = await navigator.credentials.create({ publicKey: PublicKeyCredential.parseCreationOptionsFromJSON(JSON.parse(button.dataset.task)) });
      } else {
        const response = await fetch('/login/passkey/options', { method: 'POST' });
        if (!response.ok) throw response;
        answer = await navigator.credentials.get({ publicKey: PublicKeyCredential.parseRequestOptionsFromJSON(await response.json()) });
      }
      form.elements[button.dataset.passkey].value = JSON.stringify(answer);
      form.requestSubmit();
    } catch {
      notice('No passkey was used. Try once more, or go on without one.');
    }
  });

  // Passwords can be shown, and colours picked. A part that is about to be swapped in keeps what was chosen.
  function enhance(root) {
    if (passkeys) {
      for (const element of all('[data-passkey], [data-haspasskey]', root)) element.hidden = false;
      for (const element of all('[data-nopasskey]', root)) element.hidden = true;
    }
    for (const head of all('[data-all]', root)) {
      const label = make('label', { className: 'choice' });
      label.append(make('input', { type: 'checkbox', ariaLabel: 'All on this page' }));
      head.append(label);
    }
    for (const input of all('[data-pick]', root)) {
      const name = root.querySelector(`[for="${input.id}"]`).textContent;
      input.after(make('input', { type: 'color', className: 'pick', id: `${input.id}-pick`, defaultValue: colour(input.value), ariaLabel: `${name}: pick it` }));
    }
    for (const input of all('.picture input[type=file]', root)) {
      if (mouse) input.after(make('p', { className: 'hint', textContent: input.accept.includes('image') ? 'Or drop one here, or paste it.' : 'Or drop one here.' }));
    }
    for (const button of all('[name=preview]', root)) button.remove();
    for (const framing of all('.framing', root)) {
      const [whole, places, zooms] = ['.whole', '.places', '.zooms'].map((part) => framing.querySelector(part));
      const zoom = zooms.querySelector(':checked')?.value || 100;
      const label = make('label', { className: 'zoom', textContent: 'Zoom ' });
      const range = make('input', { type: 'range', name: 'zoom', min: 100, max: 400, defaultValue: zoom, ariaValueText: `${zoom} %` });
      label.append(range, make('span', { textContent: `${zoom} %`, ariaHidden: 'true' }));
      zooms.replaceWith(label);
      if (!places.querySelector('.own')) {
        const own = make('label', { className: 'check own', hidden: true });
        own.append(make('input', { type: 'radio', name: 'focus', disabled: true }), ' As shown');
        places.append(own);
      }
      const fold = make('details');
      fold.append(make('summary', { textContent: 'Place' }));
      places.replaceWith(fold);
      fold.append(places);
      places.querySelector('legend').className = 'sr';
      framing.querySelector('.hint').textContent += mouse ? ' Drag it, zoom, or move it with the arrow keys.' : ' Drag it, and zoom with two fingers.';
      framing.dataset.at = places.querySelector(':checked')?.value || '';
      whole.addEventListener('wheel', onWheel, { passive: false });
      Object.assign(whole, { tabIndex: 0, role: 'application', ariaLabel: 'Frame: the arrow keys move it, plus and minus zoom' });
      whole.after(make('p', { className: 'sr', role: 'status' }));
      if (sourceOf(framing)) room(framing);
    }
    for (const input of all('input[type=password]', root)) {
      const shown = document.getElementById(input.id)?.type === 'text';
      if (shown) input.type = 'text';
      const button = make('button', { type: 'button', className: 'reveal', id: `${input.id}-reveal` });
      button.textContent = shown ? 'Hide password' : 'Show password';
      input.after(button);
    }
  }

  on('click', (event) => {
    const button = event.target.closest?.('.reveal');
    if (!button) return;
    const input = button.previousElementSibling;
    input.type = input.type === 'text' ? 'password' : 'text';
    button.textContent = input.type === 'text' ? 'Hide password' : 'Show password';
  });

  // One tick chooses every row of the page, and it is said how many are chosen.
  on('change', ({ target }) => {
    if (!target.matches('[data-all] input, tbody [name=id]')) return;
    const boxes = [...all('tbody [name=id]', target.form)];
    if (!target.name) for (const box of boxes) box.checked = target.checked;
    const chosen = boxes.filter((box) => box.checked).length;
    const line = target.form.querySelector('.chosen'); // a page that has opened a row has none
    if (line) line.textContent = chosen ? `${chosen} chosen` : '';
  });

  // A colour's picker and its text go together.
  for (const type of ['input', 'change']) {
    on(type, ({ target }) => {
      const other = document.getElementById(target.matches('.pick') ? target.id.slice(0, -5) : `${target.id}-pick`);
      if (!other || !target.matches('.pick, [data-pick]')) return;
      if (type === 'input') other.value = colour(target.value);
      else if (target.matches('.pick')) other.dispatchEvent(new Event(type, { bubbles: true }));
    });
  }

  // A picture shows itself as it is chosen, and one that can't be taken never leaves.
  on('change', async (event) => {
    const input = event.target;
    if (input.type !== 'file') return;
    const box = input.closest('.picture');
    const isPicture = input.accept.includes('image');
    const framing = input.form.querySelector('.framing');
    const removing = input.form.elements[`remove_${input.name}`];
    say(input, '');
    const file = input.files[0];
    const most = (input.dataset.most || (isPicture ? 10 : 5)) * 2 ** 20;
    if (file?.size > most) {
      input.value = '';
      say(input, `Choose a smaller ${isPicture ? 'picture' : 'file'}: this one is over ${most / 2 ** 20} MB.`);
    }
    if (input.files[0] && removing) removing.checked = false;
    if (!isPicture) return;
    const isKnown = input.files[0] && pictureHead.test(new TextDecoder('latin1').decode(await file.slice(0, 12).arrayBuffer().catch(() => new ArrayBuffer(0))));
    const bitmap = isKnown && (await createImageBitmap(file).catch(() => null));
    if (input.files[0] && input.files[0] !== file) return;
    box.querySelector('canvas')?.remove();
    for (const image of all('img', box)) image.hidden = !!bitmap;
    const whole = bitmap && shrunk(bitmap);
    if (whole) face(box, whole, square(whole.width, whole.height, goodFrame(whole)));
    else if (isKnown) say(input, 'Choose another picture: this one is broken, cut short, or too large to be read.');
    else if (input.files[0]) say(input, 'Choose a JPEG, PNG, GIF or WebP picture: this is another kind of file.');
    if (framing) begun(framing, whole);
  });
  const pictureHead = /^(\xff\xd8\xff|.PNG|GIF8|RIFF.{4}WEBP)/s;

  // A picture is chosen, or removed: not both.
  on('change', ({ target }) => {
    const input = target.checked && target.name.startsWith('remove_') && target.form.elements[target.name.slice(7)];
    if (!input?.value) return;
    input.value = '';
    input.dispatchEvent(new Event('change', { bubbles: true }));
  });

  // A picture as large as it is shown at most, upright.
  function shrunk(bitmap) {
    const by = Math.min(1, 1024 / Math.max(bitmap.width, bitmap.height));
    const canvas = make('canvas', { width: Math.max(1, Math.round(bitmap.width * by)), height: Math.max(1, Math.round(bitmap.height * by)) });
    const context = canvas.getContext('2d');
    context.fillStyle = '#fff'; // as the site does below what can be seen through
    context.fillRect(0, 0, canvas.width, canvas.height);
    context.drawImage(bitmap, 0, 0, canvas.width, canvas.height);
    bitmap.close();
    return canvas;
  }

  // What is shown of a picture, in place of what was shown before.
  function face(box, source, { x, y, side }) {
    let canvas = box.querySelector('canvas');
    if (!canvas) {
      canvas = make('canvas', { className: 'face', width: 192, height: 192, role: 'img', ariaLabel: 'What is shown of it' });
      for (const image of all('img', box)) image.hidden = true;
      box.prepend(canvas);
    }
    canvas.getContext('2d').drawImage(source, x, y, side, side, 0, 0, 192, 192);
  }

  // The frame of a picture: the middle of the square and its zoom, in percent. The server reckons in the same way.
  const tenth = (n) => Math.round(n * 10) / 10;
  const goodFrame = ({ width: w, height: h }) => ({ x: 50, y: h > w ? tenth((100 * (w + h)) / 4 / h) : 50, zoom: 100 });
  function square(w, h, frame) {
    const side = (Math.min(w, h) * 100) / frame.zoom;
    const corner = (whole, at) => Math.max(0, Math.min((whole * at) / 100 - side / 2, whole - side));
    return { x: corner(w, frame.x), y: corner(h, frame.y), side };
  }

  const sourceOf = (framing) => framing.querySelector('.whole :is(canvas, img:not([hidden]))');
  const sizeOf = (source) => [+source.getAttribute('width'), +source.getAttribute('height')];
  function frameOf(framing) {
    if (framing.exact) return framing.exact;
    const [x, y] = framing.querySelector('[name=focus]:checked').value.split(',');
    return { x: +x, y: +y, zoom: +framing.querySelector('[name=zoom]').value };
  }

  // A frame that is dragged, or zoomed: what is sent are the same numbers as without, rounded; what is moved on from is not.
  function setFrame(framing, frame) {
    const [own, range] = [framing.querySelector('.own'), framing.querySelector('[name=zoom]')];
    const zoom = Math.max(100, Math.min(frame.zoom, 400));
    range.value = Math.round(zoom);
    const [w, h] = sizeOf(sourceOf(framing));
    const side = Math.min(w, h) * 100 / zoom;
    const within = (at, whole) => Math.max((50 * side) / whole, Math.min(at, 100 - (50 * side) / whole));
    const [x, y] = [within(frame.x, w), within(frame.y, h)];
    const value = `${tenth(x)},${tenth(y)}`;
    const place = [...all('.places > label:not(.own) input', framing)].find((one) => one.value === value);
    const input = place || own.firstElementChild;
    own.hidden = own.firstElementChild.disabled = !!place;
    input.value = value;
    input.checked = true;
    framing.exact = { x, y, zoom };
    showFrame(framing);
  }

  // Says how far a frame goes, and where it is. Where it goes sideways alone, a finger that goes up or down over it scrolls the page.
  function room(framing) {
    const [w, h] = sizeOf(sourceOf(framing));
    const { x, y, side } = square(w, h, frameOf(framing));
    const far = (at, length, from) => (length - side > 0.5 ? [`${Math.round((100 * at) / (length - side))} % from the ${from}`] : []);
    const where = [...far(x, w, 'left'), ...far(y, h, 'top')];
    const line = framing.querySelector('.whole + p');
    line.textContent = where.join(', ') || 'All of it is shown: zoom in to move it.';
    line.className = where.length ? 'sr' : 'hint';
    framing.querySelector('.whole').classList.toggle('level', side >= h);
  }

  function showFrame(framing) {
    const source = sourceOf(framing);
    const [w, h] = sizeOf(source);
    const { x, y, side } = square(w, h, frameOf(framing));
    const range = framing.querySelector('[name=zoom]');
    range.ariaValueText = range.nextElementSibling.textContent = `${range.value} %`;
    room(framing);
    framing.querySelector('svg').setAttribute('viewBox', `0 0 ${w} ${h}`);
    const [around, corners] = all('svg path', framing);
    around.setAttribute('d', `M0 0H${w}V${h}H0zM${x} ${y}v${side}h${side}v-${side}z`);
    corners.setAttribute('d', `M${x} ${y}h${side}v${side}h-${side}zm0 ${side / 2}a1 1 0 1 0 ${side} 0a1 1 0 1 0-${side} 0z`);
    const scale = (source.naturalWidth || w) / w;
    if (scale) face(framing.form.querySelector('.picture'), source, { x: x * scale, y: y * scale, side: side * scale });
  }

  // A form begins with another picture; with none it is as it came.
  function begun(framing, canvas) {
    const [whole, shown] = [framing.querySelector('.whole'), framing.querySelector('[name=framed]')];
    framing.exact = null;
    whole.querySelector('canvas')?.remove();
    const image = whole.querySelector('img');
    if (image) image.hidden = !!canvas;
    if (shown) shown.disabled = !!canvas;
    framing.hidden = framing.disabled = !canvas && !image;
    if (canvas) {
      canvas.setAttribute('aria-label', 'The whole picture');
      canvas.role = 'img';
      whole.prepend(canvas);
      setFrame(framing, goodFrame(canvas));
    } else if (image) {
      const [own, range] = [framing.querySelector('.own input'), framing.querySelector('[name=zoom]')];
      if (own.defaultChecked) own.value = framing.dataset.at;
      own.parentNode.hidden = own.disabled = !own.defaultChecked;
      for (const radio of all('[name=focus]', framing)) radio.checked = radio.defaultChecked;
      range.value = range.defaultValue;
      showFrame(framing);
    }
  }

  on('input', ({ target }) => {
    const framing = target.closest('.framing');
    if (framing && target.name === 'zoom') return setFrame(framing, { ...frameOf(framing), zoom: +target.value });
    if (!framing) return;
    framing.exact = null;
    showFrame(framing);
  });

  // One finger moves the frame, two zoom. What counts is where they took hold of it, so that it comes back as they do.
  const fingers = new Map();
  let hold;
  function held() {
    const [one, other = one] = fingers.values();
    return { x: (one.clientX + other.clientX) / 2, y: (one.clientY + other.clientY) / 2, apart: Math.hypot(one.clientX - other.clientX, one.clientY - other.clientY) };
  }
  const takeHold = (framing) => { hold = framing && fingers.size ? { ...held(), frame: frameOf(framing) } : null; };
  on('pointerdown', (event) => {
    const whole = event.target.closest?.('.whole');
    if (!whole || event.button) return;
    event.preventDefault();
    whole.focus({ preventScroll: true });
    whole.setPointerCapture(event.pointerId);
    fingers.set(event.pointerId, event);
    takeHold(whole.parentNode);
  });
  on('pointermove', (event) => {
    const framing = event.target.closest?.('.framing');
    if (!framing || !hold || !fingers.has(event.pointerId)) return;
    fingers.set(event.pointerId, event);
    const [now, { frame }, [w, h]] = [held(), hold, sizeOf(sourceOf(framing))];
    const { width, height } = framing.querySelector('.whole').getBoundingClientRect();
    const scale = Math.min(width / w, height / h) / 100; // pixels for a percent of the picture's own
    setFrame(framing, { x: frame.x + (now.x - hold.x) / scale / w, y: frame.y + (now.y - hold.y) / scale / h, zoom: frame.zoom * (now.apart / hold.apart || 1) });
  });
  for (const type of ['pointerup', 'pointercancel']) {
    on(type, (event) => fingers.delete(event.pointerId) && takeHold(event.target.closest?.('.framing')));
  }
  function onWheel(event) {
    const whole = event.currentTarget;
    if (!event.ctrlKey && document.activeElement !== whole) return;
    event.preventDefault();
    const frame = frameOf(whole.parentNode);
    const turned = Math.max(-40, Math.min(event.deltaY, 40)); // with ctrlKey it is two fingers on a pad, which turn by little
    setFrame(whole.parentNode, { ...frame, zoom: frame.zoom * (event.ctrlKey ? 1.01 : 1.005) ** -turned });
  }
  on('keydown', (event) => {
    if (!event.target.matches?.('.whole') || event.ctrlKey || event.altKey || event.metaKey) return;
    const framing = event.target.parentNode;
    const frame = { ...frameOf(framing) };
    const step = event.shiftKey ? 10 : 1;
    const change = { ArrowLeft: ['x', -step], ArrowRight: ['x', step], ArrowUp: ['y', -step], ArrowDown: ['y', step], '+': ['zoom', 10], '-': ['zoom', -10] }[event.key];
    if (!change) return;
    event.preventDefault();
    frame[change[0]] += change[1];
    setFrame(framing, frame);
  });

  // A file can be dropped on its field, and a picture be pasted.
  const fileInput = (element) => (element.closest?.('.field') ?? element.closest?.('form') ?? element).querySelector?.('input[type=file]:enabled')
    ?? element.closest?.('form')?.querySelector('input[type=file]:enabled');
  function choose(input, files) {
    const one = new DataTransfer();
    one.items.add(files[0]);
    input.files = one.files;
    input.dispatchEvent(new Event('change', { bubbles: true }));
  }
  for (const type of ['dragover', 'dragleave', 'drop']) {
    on(type, (event) => {
      if (![...event.dataTransfer.types].includes('Files')) return;
      const input = fileInput(event.target);
      for (const other of all('.file.over')) other.classList.remove('over');
      if (document.querySelector('input[type=file]')) event.preventDefault(); // a slip does not leave the page
      if (!input) return;
      input.classList.toggle('over', type === 'dragover');
      if (type === 'drop' && event.dataTransfer.files.length) choose(input, event.dataTransfer.files);
    });
  }
  on('paste', (event) => {
    const files = [...event.clipboardData.files].filter((file) => file.type.startsWith('image/'));
    const input = event.target.closest?.('form')?.querySelector('input[accept*=image]:enabled') ?? document.querySelector('input[accept*=image]:enabled');
    if (!files.length || !input || event.clipboardData.types.includes('text/plain')) return;
    event.preventDefault();
    choose(input, files);
  });

  // What a field says, and what the summary on top says of it.
  function say(input, text) {
    const id = `${input.id}-error`;
    document.getElementById(id)?.remove();
    const summary = document.getElementById('summary');
    summary?.querySelector(`[href="#${input.id}"]`)?.closest('li').remove();
    if (!summary?.querySelector('li')) summary?.remove();
    const ids = (input.getAttribute('aria-describedby') || '').split(' ').filter((one) => one && one !== id);
    if (text) {
      input.closest('.field').querySelector('.said').replaceChildren(make('p', { id, className: 'error', textContent: text }));
      ids.push(id);
    }
    input.setAttribute('aria-describedby', ids.join(' '));
    input.toggleAttribute('aria-invalid', !!text);
    if (text) input.setAttribute('aria-invalid', 'true');
  }

  // A form at work says so and is not sent again.
  const working = new Map();

  function begin(form, button = form.querySelector('[data-busy]')) {
    working.set(form, [button, button?.textContent]);
    if (!button?.dataset.busy) return;
    button.textContent = button.dataset.busy;
    button.ariaDisabled = 'true';
  }

  function end(form) {
    const [button, text] = working.get(form) || [];
    working.delete(form);
    if (!button) return;
    if (button.ariaDisabled) button.textContent = text;
    button.ariaDisabled = null;
  }

  on('submit', (event) => {
    if (!working.has(event.target)) return;
    event.preventDefault();
    event.stopImmediatePropagation();
  }, true);
  on('submit', (event) => {
    if (!event.defaultPrevented) begin(event.target, event.submitter || undefined);
  });
  addEventListener('pageshow', (event) => {
    if (event.persisted) for (const form of [...working.keys()]) end(form);
  });

  // Fetch reports no progress, so a form with a file is sent in this way.
  const upload = (form) => (url, request) => new Promise((resolve, reject) => {
    const bar = make('progress', { max: 1, value: 0, ariaLabel: 'Sending the file' });
    form.append(bar);
    const xhr = new XMLHttpRequest();
    xhr.open(request.method, url);
    for (const name in request.headers) xhr.setRequestHeader(name, request.headers[name]);
    xhr.upload.onprogress = (event) => { bar.value = event.loaded / event.total; };
    xhr.onload = () => {
      const headers = new Headers();
      for (const line of xhr.getAllResponseHeaders().trim().split(/[\r\n]+/)) {
        const colon = line.indexOf(':');
        headers.append(line.slice(0, colon), line.slice(colon + 1).trim());
      }
      resolve(new Response(xhr.responseText || null, { status: xhr.status, headers }));
    };
    xhr.onerror = () => reject(new TypeError('The upload failed'));
    xhr.onabort = () => reject(new DOMException('Aborted', 'AbortError'));
    xhr.onloadend = () => bar.remove();
    request.signal?.addEventListener('abort', () => xhr.abort());
    xhr.send(request.body);
  });

  const controls = (field) => all('input, textarea, select', field);
  const typed = (field) => JSON.stringify([...controls(field)].map((input) => (input.type === 'checkbox' ? input.checked : input.value)));
  const edited = (row) => [...controls(row)].some((input) => input.type !== 'hidden' && (input.options
    ? input.selectedIndex !== Math.max(0, [...input.options].findIndex((option) => option.defaultSelected))
    : input.value !== input.defaultValue || input.checked !== input.defaultChecked));

  on('htmx:config:request', (event) => {
    const { ctx } = event.detail;
    const source = ctx.sourceElement;
    const { body } = ctx.request;
    const field = source.closest('.field');
    if (field) {
      if (working.has(field.closest('form')) || source.value === '+other') return event.preventDefault(); // what else is still to be typed
      ctx.sent = typed(field);
      const names = ['csrfmiddlewaretoken', 'invitation', 'field', ...[...controls(field)].map((control) => control.name)];
      if (source.autocomplete === 'new-password') names.push('username', 'email', 'first_name', 'last_name');
      for (const name of [...body.keys()]) if (!names.includes(name)) body.delete(name);
    } else if (ctx.target?.id === 'list') {
      for (const [name, value] of [...body]) if (!value) body.delete(name);
      if ([...all('tr.open')].some(edited)) {
        event.preventDefault();
        notice('A row is open. Save or cancel it first.');
      }
    } else if ([...body.values()].some((value) => value.size)) {
      ctx.fetch = upload(source);
      ctx.request.timeout = 0;
    }
  });

  // What was typed into a row, or into a person's page, is not left without a word.
  const typing = () => [...all('.row.open, tr.open, #person .form')].some(edited);
  addEventListener('beforeunload', (event) => {
    if (!working.size && typing()) event.preventDefault();
  });

  on('htmx:before:request', ({ detail: { ctx } }) => {
    if (ctx.sourceElement.matches('form[method=post]')) begin(ctx.sourceElement, ctx.request.submitter || undefined);
  });
  // Who was logged out meanwhile loses nothing of it.
  on('htmx:before:response', (event) => {
    if (event.detail.ctx.response.status !== 401 || !typing()) return;
    event.preventDefault();
    notice('You are logged out. What you typed is still here: log in in another window, then save it once more.', { href: '/login', textContent: 'Log in' });
  });
  on('htmx:finally:request', ({ detail: { ctx } }) => {
    if (!ctx.keepIndicators) for (const form of [...working.keys()]) if (form === ctx.sourceElement || !form.isConnected) end(form);
  });

  on('htmx:before:swap', (event) => {
    const { ctx, tasks: [task] } = event.detail;
    if (!task) return;
    const { fragment, target } = task;
    document.getElementById('notice').replaceChildren();
    ctx.paged = !!ctx.sourceElement.closest('.pager') && ctx.response?.status === 200; // afterwards the pager is another
    if (fragment.querySelector('[data-problem]')) {
      Object.assign(task, { target: document.getElementById('notice'), swapSpec: { style: 'innerHTML' } });
      fragment.querySelector('[data-problem]').dataset.focus = '';
      ctx.push = null;
    } else if (ctx.response?.status >= 400 && target.id && !fragment.querySelector(`#${target.id}`)) {
      event.preventDefault();
      notice('The site could not answer. What you typed is still here: try again in a moment.');
    } else if ('sent' in ctx) {
      if (typed(target) !== ctx.sent) return event.preventDefault();
      for (const input of controls(target)) {
        const next = input.id && fragment.querySelector(`#${input.id}`);
        if (next?.localName === 'textarea') next.textContent = input.value;
        else if (next?.localName === 'input' && next.type !== 'password') next.setAttribute('value', input.value);
      }
    } else {
      for (const input of all('input[type=file]', target)) input.value = '';
      if (ctx.response?.status === 200) for (const box of all('[name^=remove_]', target)) box.checked = false;
    }
    // The browser's own autofocus complains where something has the focus already.
    if (target.querySelector('.is-choice :checked')) fragment.querySelector('.is-choice input')?.setAttribute('checked', '');
    const asked = column && ctx.response?.status === 200 && fragment.querySelector(`.open [name="${column}"]:not([type=hidden])`);
    for (const element of all('[autofocus]', fragment)) {
      element.autofocus = false;
      (asked || element).dataset.focus = '';
    }
    // Inputs of one control stay as they are, whatever the check made of them.
    const [now, next] = [target, fragment].map((part) => 'sent' in ctx && part.querySelector('.ticks, .links'));
    if (next) {
      next.replaceChildren(...now.cloneNode(true).childNodes);
      next.querySelector('[autofocus]')?.removeAttribute('autofocus');
    }
    enhance(fragment);
  });

  on('htmx:after:swap', ({ detail: { ctx } }) => {
    const next = document.querySelector('[data-focus]');
    next?.focus();
    next?.removeAttribute('data-focus');
    // Another page of the list is read from its top.
    if (ctx.paged) {
      const list = document.getElementById('list');
      list.tabIndex = -1;
      list.focus({ preventScroll: true });
      list.scrollIntoView();
    }
    const row = ctx.sourceElement?.closest?.('.row, tr');
    if (!row) return;
    const active = document.activeElement;
    if (!row.matches('.open') && (!active || active === document.body)) {
      const cell = column && row.querySelector(`[data-field="${column}"]`);
      if (cell) cell.tabIndex = -1;
      (cell || row.querySelector('a[hx-get]'))?.focus();
      column = '';
    }
    if (row.contains(active) && active.matches('.input')) {
      try { active.setSelectionRange(active.value.length, active.value.length); } catch { /* an e-mail input has no selection */ }
    }
    for (const line of all('[role=status]', row)) {
      const text = line.textContent;
      line.textContent = '';
      setTimeout(() => { line.textContent = text; }, 50); // only a change is read out
    }
  });

  on('htmx:error', ({ detail: { ctx } }) => {
    if (ctx) notice('The site did not answer. What you typed is still here: try again in a moment.');
  });

  // What the cursor goes to is not left below the columns that stay in sight.
  on('focusin', ({ target }) => {
    if (target.matches('.wide .open td:not(.is-title, :last-child) *')) target.scrollIntoView({ block: 'nearest', inline: 'nearest' });
  });

  // A cell of the list opens its row, with the cursor in it.
  function open(cell) {
    const link = cell?.closest('tr').querySelector('a[hx-get]');
    link?.click();
    column = link ? cell.dataset.field : '';
  }
  on('click', ({ target }) => {
    if (target.closest?.('td a:not(.cancel)')) column = '';
    else if (!target.closest?.('a, button, input, label') && getSelection().isCollapsed) open(target.closest?.('td[data-field]'));
  });

  // One goes from cell to cell by the arrow keys.
  function go(event, cell) {
    if (!cell) return;
    event.preventDefault();
    cell.tabIndex = -1;
    cell.focus();
  }

  on('keydown', (event) => {
    if (event.isComposing) return;
    const cell = event.target.matches?.('tr:not(.open) :is(td[data-field], td a, td.is-choice input)') && event.target.closest('td');
    if (cell && event.key === 'Enter' && event.target === cell) {
      event.preventDefault();
      return open(cell);
    }
    if (cell && event.key === 'ArrowRight') return go(event, [...all('td[data-field]', cell.parentNode)].find((one) => one.cellIndex > cell.cellIndex));
    if (cell && event.key === 'ArrowLeft') return go(event, [...all('td[data-field]', cell.parentNode)].findLast((one) => one.cellIndex < cell.cellIndex));
    if (event.key === 'Escape') {
      event.target.closest?.('.row.open, tr.open')?.querySelector('.cancel').click();
    }
    const step = { ArrowUp: 'previousElementSibling', ArrowDown: 'nextElementSibling' }[event.key];
    if (cell === event.target && step) return go(event, cell.parentNode[step]?.cells[cell.cellIndex]);
    const link = step && event.target.matches?.('td :is(a, [name=id])') && event.target.closest('tr')[step]?.querySelector(event.target.name ? '[name=id]' : 'td:last-child a');
    if (link) {
      event.preventDefault();
      link.focus();
    }
  });

  // What was saved is said once, and not again when the page is loaded anew.
  const here = new URL(location);
  for (const name of ['saved', 'deleted', 'erased', 'imported', 'done', 'undone']) here.searchParams.delete(name);
  if (here.search !== location.search) history.replaceState(history.state, '', here);
  enhance(document);
})();
