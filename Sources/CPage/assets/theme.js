// The colours: the system's until the switch says otherwise. A classic script, run before the
// first paint, so that a dark page never flashes white.
(() => {
  const order = ["system", "light", "dark"];
  const signs = {
    system: "M12 4a8 8 0 1 0 0 16zM12 4a8 8 0 0 1 0 16",
    light: "M12 8a4 4 0 1 0 0 8a4 4 0 0 0 0-8M12 2.5v2M12 19.5v2M2.5 12h2M19.5 12h2M5.3 5.3l1.4 1.4M17.3 17.3l1.4 1.4M18.7 5.3l-1.4 1.4M6.7 17.3l-1.4 1.4",
    dark: "M19.5 14.5A8 8 0 0 1 9.5 4.500a8 8 0 1 0 10 10z",
  };
  let theme = "system";
  try { theme = localStorage.getItem("reel-theme") ?? "system"; } catch { /* private browsing */ }
  if (!order.includes(theme)) theme = "system";

  function apply() {
    if (theme === "system") delete document.documentElement.dataset.theme;
    else document.documentElement.dataset.theme = theme;
  }

  function drawSwitch(button) {
    const space = "http://www.w3.org/2000/svg";
    const icon = document.createElementNS(space, "svg");
    const line = document.createElementNS(space, "path");
    icon.setAttribute("viewBox", "0 0 24 24");
    icon.setAttribute("width", "20");
    icon.setAttribute("class", "icon");
    icon.setAttribute("aria-hidden", "true");
    line.setAttribute("d", signs[theme]);
    icon.append(line);
    button.replaceChildren(icon);
    const label = `Colours: ${theme === "system" ? "as the system" : theme}`;
    button.setAttribute("aria-label", label);
    button.title = label;
  }

  apply();
  document.addEventListener("DOMContentLoaded", () => {
    const button = document.getElementById("theme");
    drawSwitch(button);
    button.addEventListener("click", () => {
      theme = order[(order.indexOf(theme) + 1) % order.length];
      try { localStorage.setItem("reel-theme", theme); } catch { /* private browsing */ }
      apply();
      drawSwitch(button);
    });
  });
})();
