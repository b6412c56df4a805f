// A slip's square leads here with "#login:code"; what stands behind # no server was sent. It fills in the form.
"use strict";
{
  const [login, code] = decodeURIComponent(location.hash.slice(1)).split(":");
  if (login && code) {
    document.getElementById("login").value = login;
    document.getElementById("slip").value = code;
    history.replaceState(null, "", location.pathname);
    document.getElementById("new_password").focus();
  }
}
