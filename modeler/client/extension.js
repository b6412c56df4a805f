// Modeler renders it as a React component, with its own means as properties. It shows nothing; it listens to the menu.
import { connect } from './connection.js';
import { checkNow } from './server.js';

let listening = false;

export default function Komek({ subscribe, displayNotification }) {
  if (!listening) {
    listening = true;
    subscribe('komek.connection', connect);
    subscribe('komek.check', async words => displayNotification(await checkNow(words)));
  }
  return null;
}
