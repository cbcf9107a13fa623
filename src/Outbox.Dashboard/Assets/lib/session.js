// Who is signed in: session.value is { name, role, seesPayloads, expiresAt }, or null. readOnly() says why acts are shown disabled; the
// server decides again at each request.
import { api, configure } from './api.js';
import { overview } from './overview.js';

export const session = {
  value: null,

  /** Exchanges the code of the address, or finds the session that there is. */
  async start() {
    if (!(await this.exchange())) await this.find();
  },

  /** Exchanges the one-time code of an address `…#code=`, which leaves the address in any case; false where there is none. */
  async exchange() {
    const code = new URLSearchParams(location.hash.slice(1)).get('code');
    if (code === null) return false;
    history.replaceState(null, '', location.pathname + location.search);
    this.codeError = await api.session.open({ code }).then(
      () => null,
      error => error,
    );
    await this.find();
    return true;
  },

  async find() {
    this.value = await api.session.get().catch(error => {
      if (error.status === 401 || error.status === 403) return null;
      throw error;
    });
    // The settings say more to somebody who is signed in.
    if (this.value) await configure();
  },

  async open(key) {
    await api.session.open({ key });
    this.codeError = null;
    await this.find();
  },

  async close() {
    await api.session.close();
    this.end();
  },

  end() {
    this.value = null;
    overview.stop();
  },
};

/** Why the caller may not act; null if it may. */
export const readOnly = () =>
  session.value?.role?.toLowerCase() === 'operate'
    ? null
    : `The key ${session.value?.name ?? ''} may only read. Sign in with a key of the role operate.`;
