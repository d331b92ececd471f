// Everything a page of the console does by itself. Each module looks for its own attribute (data-…) and does nothing
// where there is none; what htmx puts into a page later is covered, since they listen at the document.
import "htmx.org/dist/htmx.esm.js";
import "./modules/copy.js";
import "./modules/dialogs.js";
import "./modules/forms.js";
import "./modules/layers.js";
import "./modules/menus.js";
import "./modules/navigation.js";
import "./modules/palette.js";
import "./modules/selection.js";
import "./modules/steps.js";
import "./modules/streams.js";
import "./modules/times.js";
import "./modules/uploads.js";
