// The square on the talon brings number and code behind the `#`: they are put into the form and taken out of the address.
(() => {
  const [number, code] = decodeURIComponent(location.hash.slice(1)).split("/");
  if (!number || !code) return;
  history.replaceState(null, "", location.pathname);
  document.getElementById("number").value = number;
  document.getElementById("code").value = code.replace(/(\d{5})(?=\d)/g, "$1 ");
  document.getElementById("who").focus();
})();
