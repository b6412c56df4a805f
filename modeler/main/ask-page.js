'use strict';
const field = name => document.getElementById(name);
const NAMES = [ 'url', 'username', 'password', 'language' ];

window.komek.asked().then(({ connection, labels }) => {
  document.documentElement.lang = connection.language;
  NAMES.forEach(name => {
    document.querySelector(`label[for=${name}]`).textContent = labels[name];
    field(name).value = connection[name] || '';
  });
  field('save').textContent = labels.save;
});

field('form').addEventListener('submit', event => {
  event.preventDefault();
  window.komek.give(Object.fromEntries(NAMES.map(name => [ name, field(name).value ])));
});
