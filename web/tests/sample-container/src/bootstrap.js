// SPDX-License-Identifier: Apache-2.0
/* global __webpack_share_scopes__ */
import React from "react";
import ReactDOM from "react-dom";

import { App } from "./app.js";

// For tests: which React the page has, and which ones anybody offered.
window.hostReact = React.version;
window.shareScopes = __webpack_share_scopes__;
ReactDOM.render(React.createElement(App), document.getElementById("app"));
