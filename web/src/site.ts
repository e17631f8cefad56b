/** What every page loads: the look, and htmx for the parts of pages that change in place. */
import "./site.css";
import htmx from "htmx.org";

declare global {
  interface Window {
    htmx: typeof htmx;
  }
}

htmx.config.includeIndicatorStyles = false; // it would write a style into the page
htmx.config.allowEval = false;
htmx.config.allowScriptTags = false;
htmx.config.selfRequestsOnly = true;
htmx.config.historyCacheSize = 0; // what is read stays out of the browser's storage
window.htmx = htmx;
