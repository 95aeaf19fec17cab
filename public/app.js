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

  // A picture shows itself as it is chosen, and one that is too large never leaves.
  on('change', async (event) => {
    const input = event.target;
    if (input.type !== 'file') return;
    const box = input.closest('.picture');
    const isPicture = input.accept.includes('image');
    box.querySelector('canvas')?.remove();
    say(input, '');
    const file = input.files[0];
    const most = (input.dataset.most || (isPicture ? 10 : 5)) * 2 ** 20;
    if (file?.size > most) {
      input.value = '';
      say(input, `Choose a smaller ${isPicture ? 'picture' : 'file'}: this one is over ${most / 2 ** 20} MB.`);
      return;
    }
    if (!isPicture) return;
    const drawn = file && (await createImageBitmap(file).catch(() => null));
    for (const image of all('img', box)) image.hidden = !!drawn;
    if (input.files[0] !== file) return;
    if (!drawn) return file && say(input, 'Choose a JPEG, PNG, GIF or WebP picture.');
    const side = Math.min(drawn.width, drawn.height);
    const canvas = make('canvas', { className: 'face', width: 192, height: 192, role: 'img', ariaLabel: 'The picture you chose' });
    canvas.getContext('2d').drawImage(drawn, (drawn.width - side) / 2, (drawn.height - side) / 2, side, side, 0, 0, 192, 192);
    drawn.close();
    box.querySelector('canvas')?.remove();
    box.prepend(canvas);
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
