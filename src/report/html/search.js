document.querySelectorAll("time").forEach(function (time) {
  var at = new Date(time.dateTime);
  if (isNaN(at)) return;
  time.title = time.textContent;
  time.textContent = at.toLocaleString(undefined, { dateStyle: "medium", timeStyle: "long" });
});
(function () {
  var body = document.querySelector("#rejected tbody");
  if (!body) return;
  var input = document.createElement("input"), found = document.createElement("p");
  input.type = "search";
  input.placeholder = "Search these rows";
  input.setAttribute("aria-label", "Search the rejected rows");
  found.id = "found";
  found.className = "soft";
  found.setAttribute("role", "status");
  var rows = Array.prototype.slice.call(body.rows), texts = rows.map(function (row) { return row.textContent.toLowerCase(); });
  input.addEventListener("input", function () {
    var wanted = input.value.trim().toLowerCase(), shown = 0;
    rows.forEach(function (row, i) {
      row.hidden = wanted !== "" && texts[i].indexOf(wanted) < 0;
      if (!row.hidden) shown += 1;
    });
    found.textContent = wanted === "" ? "" : shown + " of " + rows.length + " rows";
  });
  var table = document.getElementById("rejected");
  table.parentNode.insertBefore(input, table);
  table.parentNode.insertBefore(found, table);
})();
