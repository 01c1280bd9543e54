// Built from web/src by `make console`. Licences of what is in it: licences.txt

// node_modules/preact/dist/preact.mjs
var n;
var t;
var r;
var u;
var i;
var f;
var o;
var e;
var l;
var c;
var a;
var s;
var h = /* @__PURE__ */ Symbol.for("pv");
var p = {};
var y = [];
var v = /^m(i|n|o|s|text|space)$/;
var w = Array.isArray;
var d = y.slice;
var _ = Object.assign;
function g(n3) {
  n3 && n3.parentNode && n3.remove();
}
function k(n3, t4, r4) {
  var u4, i4, f5, o5 = {}, e4 = arguments.length;
  for (f5 in t4) "key" == f5 ? u4 = t4[f5] : "ref" == f5 && "function" != typeof n3 ? i4 = t4[f5] : o5[f5] = t4[f5];
  return e4 > 2 && (o5.children = e4 > 3 ? d.call(arguments, 2) : r4), m(n3, o5, u4, i4, null);
}
function m(r4, u4, i4, f5, o5) {
  var e4 = { type: r4, props: u4, key: i4, ref: f5, __k: null, __: null, __b: 0, __e: null, __c: null, constructor: h, __v: o5 || ++t, __i: -1, __u: 0 };
  return !o5 && n.vnode && n.vnode(e4), e4;
}
function $(n3) {
  return n3.children;
}
function x(n3, t4) {
  this.props = n3, this.context = t4, this.__g = 0;
}
function S(n3, t4) {
  if (null == t4) return n3.__ && S(n3.__, n3.__i + 1);
  for (var r4; t4 < n3.__k.length; t4++) if ((r4 = n3.__k[t4]) && r4.__e) return r4.__e;
  return "function" != typeof n3.type || n3.props.__P ? null : S(n3);
}
function C(t4) {
  var r4, u4 = t4.__v, i4 = u4.__e, f5 = [], o5 = [], e4 = t4.__P;
  e4 && ((r4 = _({ constructor: h }, u4)).__v = u4.__v + 1, n.vnode && n.vnode(r4), z(e4, r4, u4, t4.__n, e4.namespaceURI, 32 & u4.__u ? [i4] : null, f5, i4 || S(u4), 32 & u4.__u, o5), r4.__v = u4.__v, r4.__.__k[r4.__i] = r4, E(f5, r4, o5), u4.__ = u4.__e = null, r4.__e != i4 && j(r4));
}
function j(n3) {
  if ((n3 = n3.__) && n3.__c && !n3.props.__P) return n3.__e = null, n3.__k.some(function(t4) {
    return t4 && (n3.__e = t4.__e);
  }), j(n3);
}
function L(t4) {
  (8 & t4.__g || (t4.__g |= 8, u.push(t4), f++)) && i == n.debounceRendering || ((i = n.debounceRendering) || queueMicrotask)(H);
}
function H() {
  try {
    for (var n3, t4 = 1; u.length; ) u.length > t4 && u.sort(o), n3 = u.shift(), t4 = u.length, 8 & n3.__g && C(n3);
  } finally {
    (f = u.length) && (i || queueMicrotask)(H);
  }
}
function I(n3, t4, r4, u4, i4, f5, o5, e4, l4, c4, a5) {
  var s4, h5, v4, w5, d5, _4, g5 = u4.__k || y, k4 = t4.length;
  for (l4 = q(r4, t4, g5, l4, k4), s4 = 0; s4 < k4; s4++) null != (v4 = r4.__k[s4]) && (h5 = ~v4.__i && g5[v4.__i] || p, v4.__i = s4, _4 = z(n3, v4, h5, i4, f5, o5, e4, l4, c4, a5), w5 = v4.__e, (h5.ref != v4.ref || 8 & h5.__u) && (h5.ref && G(h5.ref, null, v4, h5), v4.ref && a5.push(v4.ref, v4.__c || w5, v4)), d5 = d5 || w5, 4 & v4.__u ? (l4 = A(v4, l4, n3, !h5.__v), h5.__e && (h5.__e = null)) : "function" == typeof v4.type && void 0 !== _4 ? l4 = _4 : w5 && (l4 = w5.nextSibling), v4.__u &= -21);
  return r4.__e = d5, l4;
}
function q(n3, t4, r4, u4, i4) {
  var f5, o5, e4, l4, c4, a5, s4, p5, y5, v4 = r4.length, d5 = v4, _4 = 0, g5 = 0, k4 = n3.__k = Array(i4);
  for (f5 = 0; f5 < i4; f5++) null != (o5 = t4[f5]) && "boolean" != typeof o5 && "function" != typeof o5 ? ("object" != typeof o5 || o5.constructor === String ? o5 = k4[f5] = m(null, o5) : w(o5) ? o5 = k4[f5] = m($, { children: o5 }) : o5.constructor === h && o5.__b ? o5 = k4[f5] = m(o5.type, o5.props, o5.key, o5.ref, o5.__v) : k4[f5] = o5, l4 = f5 + _4, o5.__ = n3, o5.__b = n3.__b + 1, e4 = null, ~(c4 = o5.__i = P(o5, r4, l4, d5)) && (d5--, (e4 = r4[c4]) && (e4.__u |= 2)), e4 && e4.__v ? (o5.__u |= 16, c4 == l4 - 1 ? _4-- : c4 == l4 + 1 ? _4++ : c4 != l4 && (c4 > l4 ? _4-- : _4++, g5 = 1)) : (~c4 || (i4 > v4 ? _4-- : i4 < v4 && _4++), "function" != typeof o5.type && (o5.__u |= 4))) : k4[f5] = null;
  if (g5) {
    for (a5 = [], s4 = [], f5 = 0; f5 < i4; f5++) if ((o5 = k4[f5]) && 16 & o5.__u) {
      for (_4 = 0, p5 = a5.length; _4 < p5; ) a5[y5 = _4 + p5 >> 1] < o5.__i ? _4 = y5 + 1 : p5 = y5;
      a5[_4] = o5.__i, s4[f5] = _4 + 1;
    }
    for (_4 = a5.length; f5--; ) s4[f5] && (s4[f5] == _4 ? _4-- : k4[f5].__u |= 4);
  }
  if (d5) for (f5 = 0; f5 < v4; f5++) !(e4 = r4[f5]) || 2 & e4.__u || (e4.__e == u4 && (u4 = S(e4)), J(e4, e4));
  return u4;
}
function A(n3, t4, r4, u4) {
  var i4, f5, o5, e4;
  if ("function" == typeof n3.type) {
    if (n3.props.__P) return t4;
    if (i4 = n3.__k) for (f5 = 0; f5 < i4.length; f5++) i4[f5] && (i4[f5].__ = n3, t4 = A(i4[f5], t4, r4, false));
    return t4;
  }
  for (t4 && !t4.parentNode && (t4 = S(n3)) && !t4.parentNode && (t4 = null), o5 = n3.__e, e4 = t4; e4 && 8 == e4.nodeType; ) e4 = e4.nextSibling;
  for (o5 != e4 && (!u4 && r4.moveBefore && o5.parentNode ? r4.moveBefore(o5, t4) : r4.insertBefore(o5, t4 || null)), t4 = o5; (t4 = t4 && t4.nextSibling) && 8 == t4.nodeType && !t4.data.startsWith("$s"); ) ;
  return t4;
}
function P(n3, t4, r4, u4) {
  var i4, f5 = n3.key, o5 = n3.type, e4 = t4[r4], l4 = e4 && !(2 & e4.__u);
  if (null === e4 && null == f5 || l4 && f5 == e4.key && o5 == e4.type) return r4;
  if (u4 > (l4 ? 1 : 0)) {
    for (i4 = r4 - 1; i4 >= 0; i4--) if ((e4 = t4[i4]) && !(2 & e4.__u) && f5 == e4.key && o5 == e4.type) return i4;
    for (i4 = r4 + 1; i4 < t4.length; i4++) if ((e4 = t4[i4]) && !(2 & e4.__u) && f5 == e4.key && o5 == e4.type) return i4;
  }
  return -1;
}
function T(n3, t4, r4) {
  null == r4 && (r4 = ""), "-" == t4[0] ? n3.setProperty(t4, r4) : n3[t4] = r4;
}
function N(n3, t4, r4, u4, i4) {
  var f5, o5;
  if ("style" == t4) if ("string" == typeof r4) n3.style.cssText = r4;
  else {
    if ("string" == typeof u4 && (n3.style.cssText = u4 = ""), u4) for (t4 in u4) r4 && t4 in r4 || T(n3.style, t4);
    if (r4) for (t4 in r4) u4 && r4[t4] == u4[t4] || T(n3.style, t4, r4[t4]);
  }
  else if ("o" == t4[0] && "n" == t4[1]) "function" != typeof r4 && (r4 = null), "function" != typeof u4 && (u4 = null), (n3.__e || (n3.__e = {}))[t4] = r4, r4 && u4 || (o5 = a[t4] || (a[t4] = V(t4)), (n3.__a || (n3.__a = {}))[t4] = c, f5 = t4 != (t4 = t4.replace(l, "$1")), (t4 = t4.slice(2))[0] < "a" && (t4 = t4.toLowerCase()), r4 ? n3.addEventListener(t4, o5, f5) : n3.removeEventListener(t4, o5, f5));
  else {
    if ("http://www.w3.org/2000/svg" == i4) t4 = t4.replace(/xlink(H|:h)/, "h").replace(/sName$/, "s");
    else if ("width" != t4 && "height" != t4 && "href" != t4 && "list" != t4 && "form" != t4 && "tabIndex" != t4 && "download" != t4 && "rowSpan" != t4 && "colSpan" != t4 && "role" != t4 && "popover" != t4 && t4 in n3) try {
      return void (n3[t4] = null == r4 ? "" : r4);
    } catch (n4) {
    }
    if ("function" == typeof r4) return;
    null == r4 || false === r4 && "-" != t4[4] ? n3.removeAttribute(t4) : n3.setAttribute(t4, "popover" == t4 && 1 == r4 ? "" : r4);
  }
}
function V(t4) {
  return function(r4) {
    var u4 = this.__e;
    if (u4) {
      if (u4 = u4[t4], null == r4[e]) r4[e] = c++;
      else if (r4[e] < this.__a[t4]) return;
      return u4(n.event ? n.event(r4) : r4);
    }
  };
}
function z(t4, r4, u4, i4, f5, o5, e4, l4, c4, a5) {
  var s4, p5, v4, d5, k4, b3, m5, M2, C3, j3, L2, H2, q2, A4, O2, P2, T4, N2, V2 = r4.type;
  if (r4.constructor !== h) return null;
  128 & u4.__u && (c4 = 32 & u4.__u, s4 = u4.__c.__z) && (r4.__u |= c4, p5 = o5 = [], 8 == s4.nodeType ? l4 = B(s4, o5) : o5.push(s4), l4 = o5[0] || l4), (s4 = n.__b) && s4(r4);
  n: if ("function" == typeof V2) {
    v4 = e4.length;
    try {
      if (M2 = r4.props, C3 = (s4 = V2.prototype) && s4.render, j3 = (s4 = V2.contextType) && i4[s4.__c], L2 = s4 ? j3 ? j3.props.value : s4.__ : i4, (d5 = u4.__c) ? (r4.__c = d5, 2 & d5.__g && (d5.__g |= 1)) : (C3 ? r4.__c = d5 = new V2(M2, L2) : (r4.__c = d5 = new x(M2, L2), d5.constructor = V2, d5.render = K), j3 && j3.sub(d5), d5.state || (d5.state = {}), d5.__n = i4, d5.__g |= 8, d5.__h = [], d5.__k = []), C3 && (d5.__s || (d5.__s = d5.state), V2.getDerivedStateFromProps && (d5.__s == d5.state && (d5.__s = _({}, d5.__s)), _(d5.__s, V2.getDerivedStateFromProps(M2, d5.__s)))), k4 = d5.props, b3 = d5.state, d5.__v = r4, u4.__c) {
        if (M2 !== k4 && C3 && !V2.getDerivedStateFromProps && d5.componentWillReceiveProps && d5.componentWillReceiveProps(M2, L2), r4.__v == u4.__v && !(8 & d5.__g) || !(4 & d5.__g) && d5.shouldComponentUpdate && false === d5.shouldComponentUpdate(M2, d5.__s, L2)) {
          r4.__v != u4.__v && (d5.props = M2, d5.state = d5.__s, d5.__g &= -9), r4.__e = u4.__e, r4.__k = u4.__k, r4.__k.some(function(n3) {
            n3 && (n3.__ = r4);
          }), y.push.apply(d5.__h, d5.__k), d5.__k = [], d5.__h.length && e4.push(d5), l4 = S(u4);
          break n;
        }
        d5.componentWillUpdate && d5.componentWillUpdate(M2, d5.__s, L2), C3 && d5.componentDidUpdate && d5.__h.push(function() {
          d5.componentDidUpdate(k4, b3, m5);
        });
      } else C3 && !V2.getDerivedStateFromProps && d5.componentWillMount && d5.componentWillMount(), C3 && d5.componentDidMount && d5.__h.push(d5.componentDidMount);
      d5.context = L2, d5.props = M2, d5.__P = t4, d5.__g &= -5, H2 = n.__r, q2 = C3 ? 25 : 0;
      do {
        d5.__g &= -9, H2 && H2(r4), s4 = d5.render(d5.props, d5.state = d5.__s, d5.context);
      } while (8 & d5.__g && ++q2 < 25);
      C3 && (y.push.apply(d5.__h, d5.__k), d5.__k = []), d5.state = d5.__s, d5.getChildContext && (i4 = _({}, i4, d5.getChildContext())), C3 && u4.__c && d5.getSnapshotBeforeUpdate && (m5 = d5.getSnapshotBeforeUpdate(k4, b3)), A4 = s4 && s4.type === $ && null == s4.key ? s4.props.children : s4, M2.__P && (s4 = l4, f5 = (t4 = M2.__P).namespaceURI, c4 = o5 = null, u4.props && u4.props.__P != t4 && (u4.__k.some(function(n3) {
        n3 && J(n3, n3);
      }), u4.__k = null), l4 = u4.__k ? S(u4, 0) : null), l4 = I(t4, w(A4) ? A4 : [A4], r4, u4, i4, f5, o5, e4, l4, c4, a5), M2.__P && (r4.__e = null, l4 = s4), r4.__u &= -161, p5 && p5.some(g), d5.__h.length && e4.push(d5), 1 & d5.__g && (d5.__g &= -4);
    } catch (t5) {
      if (e4.length = v4, r4.__v = null, c4 || o5) if (t5 && t5.then) {
        if (r4.__u |= 128 | c4, o5) {
          for (~(T4 = o5.indexOf(l4 || void 0)) || (T4 = o5.length); (N2 = o5[T4 - 1]) && 8 == N2.nodeType; ) T4--;
          for (; T4 < o5.length; T4++) if (N2 = o5[T4]) if (o5[T4] = null, O2) {
            if (N2 == P2) break;
          } else {
            if (8 != N2.nodeType) break;
            N2.data.startsWith("$s") && (P2 = B(O2 = N2));
          }
        }
        if (!O2) {
          for (; l4 && 8 == l4.nodeType && l4.nextSibling; ) l4 = l4.nextSibling;
          O2 = l4;
        }
        (s4 = B(O2 = r4.__c.__z || (r4.__c.__z = O2))) ? (r4.__e = O2, l4 = s4) : r4.__e = l4, l4 = l4 && l4.nextSibling;
      } else o5 && o5.some(g);
      else r4.__e = u4.__e;
      r4.__k || (r4.__k = u4.__k || []), t5 && t5.then || D(r4), n.__e(t5, r4, u4);
    }
  } else l4 = r4.__e = F(u4.__e, r4, u4, i4, f5, o5, e4, c4, a5, t4);
  return (s4 = n.diffed) && s4(r4), l4;
}
function B(n3, t4) {
  if (n3 && 8 == n3.nodeType && n3.data.startsWith("$s")) for (var r4 = 1; n3 = n3.nextSibling; ) {
    if (8 == n3.nodeType) {
      if (n3.data.startsWith("$s")) r4++;
      else if (n3.data.startsWith("/$s") && !--r4) return n3;
    }
    t4 && t4.push(n3);
  }
}
function D(n3) {
  n3 && (n3.__c && (n3.__c.__g |= 4), n3.__k && n3.__k.some(D));
}
function E(t4, r4, u4) {
  for (var i4 = 0; i4 < u4.length; ) G(u4[i4++], u4[i4++], u4[i4++]);
  n.__c && n.__c(r4, t4), t4.some(function(r5) {
    try {
      t4 = r5.__h, r5.__h = [], t4.some(function(n3) {
        n3.call(r5);
      });
    } catch (t5) {
      n.__e(t5, r5.__v);
    }
  });
}
function F(t4, r4, u4, i4, f5, o5, e4, l4, c4, a5) {
  var s4, h5, y5, _4, k4, b3, m5, M2, $2 = u4.props || p, x3 = r4.props, C3 = r4.type;
  if ("svg" == C3 ? f5 = "http://www.w3.org/2000/svg" : "math" == C3 ? f5 = "http://www.w3.org/1998/Math/MathML" : f5 || (f5 = "http://www.w3.org/1999/xhtml"), o5) {
    for (s4 = 0; s4 < o5.length; s4++) if ((k4 = o5[s4]) && (C3 ? k4.localName == C3 : 3 == k4.nodeType)) {
      t4 = k4, o5[s4] = null;
      break;
    }
  }
  if (!t4) {
    if (M2 = a5.ownerDocument || document, !C3) return M2.createTextNode(x3);
    t4 = M2.createElementNS(f5, C3, x3.is ? x3 : a5), l4 && (n.__m && n.__m(r4, o5), l4 = false), o5 = null;
  }
  if (C3) {
    if (a5 = "template" == C3 && t4.content || t4, o5 = "textarea" == C3 && null != x3.defaultValue ? null : o5 && d.call(a5.childNodes), !l4 && o5) for ($2 = {}, s4 = 0; s4 < t4.attributes.length; s4++) $2[(k4 = t4.attributes[s4]).name] = k4.value;
    for (s4 in $2) k4 = $2[s4], "dangerouslySetInnerHTML" == s4 ? y5 = k4 : "children" == s4 || s4 in x3 || "value" == s4 && "defaultValue" in x3 || "checked" == s4 && "defaultChecked" in x3 || N(t4, s4, null, k4, f5);
    for (s4 in x3) k4 = x3[s4], "children" == s4 ? _4 = k4 : "dangerouslySetInnerHTML" == s4 ? h5 = k4 : "value" == s4 ? b3 = k4 : "checked" == s4 ? m5 = k4 : l4 && "function" != typeof k4 || $2[s4] === k4 || N(t4, s4, k4, $2[s4], f5);
    h5 ? (l4 || y5 && (h5.__html == y5.__html || h5.__html == t4.innerHTML) || (t4.innerHTML = h5.__html), r4.__k = []) : (y5 && (t4.textContent = ""), ("foreignObject" == C3 || "http://www.w3.org/1998/Math/MathML" == f5 && v.test(C3)) && (f5 = "http://www.w3.org/1999/xhtml"), I(a5, w(_4) ? _4 : [_4], r4, u4, i4, f5, o5, e4, o5 ? o5[0] : u4.__k && S(u4, 0), l4, c4), o5 && o5.some(g)), l4 && "textarea" != C3 || (s4 = "value", "progress" == C3 && null == b3 ? t4.removeAttribute(s4) : null == b3 || b3 === t4[s4] && ("progress" != C3 || b3) || N(t4, s4, b3, $2[s4], f5), s4 = "checked", null != m5 && m5 != t4[s4] && N(t4, s4, m5, $2[s4], f5));
  } else $2 === x3 || l4 && t4.data == x3 || (t4.data = x3);
  return t4;
}
function G(t4, r4, u4, i4) {
  try {
    "function" == typeof t4 ? r4 ? r4.__x = t4(r4) || 1 : i4 && (i4 = i4.__c || i4.__e) && (r4 = i4.__x) && (i4.__x = null, "function" == typeof r4 ? r4() : t4(null)) : t4.current = r4;
  } catch (t5) {
    n.__e(t5, u4);
  }
}
function J(t4, r4, u4) {
  var i4, f5, o5, e4;
  if (n.unmount && n.unmount(t4), !(i4 = t4.ref) || i4.current && i4.current != t4.__e || G(i4, null, r4, t4), i4 = t4.__c) {
    if (i4.componentWillUnmount) try {
      i4.componentWillUnmount();
    } catch (t5) {
      n.__e(t5, r4);
    }
    i4.__P = i4.__n = null;
  }
  if (i4 = t4.__k) for (e4 = 0; e4 < i4.length; e4++) i4[e4] && J(i4[e4], r4, "function" != typeof t4.type || u4 && !t4.props.__P);
  !u4 && (i4 = t4.__c) && (i4 = i4.__z) && (f5 = B(i4, o5 = [])) && (i4 == t4.__e && o5.some(g), g(f5), g(i4)), u4 || g(t4.__e), t4.__e = t4.__c = t4.__ = null;
}
function K(n3, t4, r4) {
  return this.constructor(n3, r4);
}
function Q(t4, r4) {
  var u4, i4, f5, o5;
  n.__ && n.__(t4, r4), 9 == r4.nodeType && (r4 = r4.documentElement), i4 = (u4 = t4 && 32 & t4.__u) ? null : r4.__k, r4.__k = m($, { children: [t4] }), f5 = [], o5 = [], z(r4, r4.__k, i4 || p, p, r4.namespaceURI, i4 ? null : r4.firstChild ? d.call(r4.childNodes) : null, f5, i4 ? i4.__e : r4.firstChild, u4, o5), E(f5, r4.__k, o5), r4.__k.props.children = null;
}
n = { __e: function(n3, t4, r4, u4) {
  for (var i4, o5, e4; t4 = t4.__; ) if ((i4 = t4.__c) && !(1 & i4.__g)) {
    i4.__g |= 4;
    try {
      if ((e4 = (o5 = i4.constructor) && o5.getDerivedStateFromError) && i4.setState(o5.getDerivedStateFromError(n3)), i4.componentDidCatch && (i4.componentDidCatch(n3, u4 || {}), e4 = 1), e4 && 8 & i4.__g) return void (i4.__g |= 2);
    } catch (t5) {
      n3 = t5;
    }
  }
  throw f = 0, n3;
} }, t = 0, r = function(n3) {
  return null != n3 && n3.constructor === h;
}, x.prototype.setState = function(n3, t4) {
  var r4 = this.__s;
  r4 && r4 != this.state || (r4 = this.__s = _({}, this.state)), "function" == typeof n3 && (n3 = n3(_({}, r4), this.props)), n3 && (_(r4, n3), this.__v && (t4 && this.__k.push(t4), L(this)));
}, x.prototype.forceUpdate = function(n3) {
  this.__v && (this.__g |= 4, n3 && this.__h.push(n3), L(this));
}, x.prototype.render = $, u = [], f = 0, o = function(n3, t4) {
  return n3.__v.__b - t4.__v.__b;
}, e = /* @__PURE__ */ Symbol(), l = /(PointerCapture)$|Capture$/i, c = 0, a = {}, s = 0;

// node_modules/preact/hooks/dist/hooks.mjs
var t2;
var r2;
var u2;
var i2;
var o2 = Object.is;
var f2 = 0;
var c2 = [];
var e2 = [];
var a2 = n;
var v2 = a2.__b;
var l2 = a2.__r;
var m2 = a2.diffed;
var h2 = a2.__c;
var s2 = a2.unmount;
var p2 = a2.__;
function y2(n3, t4) {
  a2.__h && a2.__h(r2, n3, f2 || t4), f2 = 0;
  var u4 = r2.__H || (r2.__H = { __: [], __h: [] });
  return n3 >= u4.__.length && u4.__.push({}), u4.__[n3];
}
function d2(n3) {
  return f2 = 1, _2(G2, n3);
}
function _2(n3, u4, i4) {
  var f5 = y2(t2++, 2);
  if (f5.t = n3, !f5.__c && (f5.__ = [i4 ? i4(u4) : G2(void 0, u4), function(n4) {
    var t4 = (f5.__N || f5.__)[0], r4 = f5.t(t4, n4);
    o2(t4, r4) || (f5.__N = [r4, f5.__[1]], f5.__c.setState({}));
  }], f5.__c = r2, !r2.__f)) {
    r2.__f = true;
    var c4 = r2.shouldComponentUpdate;
    r2.shouldComponentUpdate = function(n4, t4, r4) {
      var u5 = this.__H;
      if (!u5) return true;
      var i5 = false, f6 = this.props != n4;
      if (u5.__.some(function(n5) {
        n5.__N && (i5 = true, o2(n5.__[0], n5.__N[0]) || (f6 = true));
      }), c4) {
        var e4 = c4.call(this, n4, t4, r4);
        return i5 ? e4 || f6 : e4;
      }
      return !i5 || f6;
    };
  }
  return f5.__;
}
function A2(n3, u4) {
  var i4 = y2(t2++, 3);
  !a2.__s && E2(i4.__H, u4) && (i4.__P = true, i4.__ = n3, i4.u = u4, r2.__H.__h.push(i4));
}
function F2(n3, u4) {
  var i4 = y2(t2++, 4);
  !a2.__s && E2(i4.__H, u4) && (i4.__P = false, i4.__ = n3, i4.u = u4, r2.__h.push(i4));
}
function T2(n3) {
  return f2 = 5, w2(function() {
    return { current: n3 };
  }, []);
}
function w2(n3, r4) {
  var u4 = y2(t2++, 7);
  return E2(u4.__H, r4) && (u4.__ = n3(), u4.__H = r4), u4.__;
}
function g2() {
  var n3;
  do {
    for (; n3 = e2.shift(); ) try {
      C2(n3);
    } catch (t5) {
      a2.__e(t5, { __: (n3 = n3.__P) && n3.__v });
    }
    for (; n3 = c2.shift(); ) {
      var t4 = n3.__H;
      if (n3.__P && t4) try {
        t4.__h.some(C2), t4.__h.some(D2), t4.__h = [];
      } catch (r4) {
        t4.__h = [], a2.__e(r4, n3.__v);
      }
    }
  } while (e2.length);
}
a2.__b = function(n3) {
  r2 = null, v2 && v2(n3);
}, a2.__ = function(n3, t4) {
  n3 && t4.__k && t4.__k.__m && (n3.__m = t4.__k.__m), p2 && p2(n3, t4);
}, a2.__r = function(n3) {
  l2 && l2(n3), t2 = 0;
  var i4 = (r2 = n3.__c).__H;
  i4 && (u2 == r2 ? r2.__h = [] : (i4.__h.some(C2), i4.__h.some(D2), t2 = 0), i4.__h = [], i4.__.some(function(n4) {
    n4.__N && (n4.__ = n4.__N), n4.u = n4.__N = void 0;
  })), u2 = r2;
}, a2.diffed = function(n3) {
  m2 && m2(n3);
  var t4 = n3.__c;
  t4 && t4.__H && (t4.__H.__h.length && B2(c2.push(t4)), t4.__H.__.some(function(n4) {
    n4.u && (n4.__H = n4.u);
  })), u2 = r2 = null;
}, a2.__c = function(n3, t4) {
  t4.some(function(n4) {
    try {
      n4.__h.some(C2), n4.__h = n4.__h.filter(function(n5) {
        return !n5.__ || D2(n5);
      });
    } catch (t5) {
      n4.__h = [function() {
        throw t5;
      }];
    }
  }), h2 && h2(n3, t4);
}, a2.unmount = function(n3) {
  s2 && s2(n3);
  var t4, r4, u4 = n3.__c;
  u4 && u4.__H && (u4.__H.__.some(function(u5) {
    try {
      if (u5.__P && u5.__c) {
        if (void 0 === r4) {
          for (r4 = n3.__; r4 && (!r4.__c || !r4.__c.__P); ) r4 = r4.__;
          r4 = r4 && r4.__c;
        }
        u5.__P = r4, B2(e2.push(u5));
      } else C2(u5);
    } catch (n4) {
      t4 = n4;
    }
  }), u4.__H = void 0, t4 && a2.__e(t4, u4.__v));
};
var k2 = "function" == typeof requestAnimationFrame;
function z2(n3) {
  var t4, r4 = function() {
    clearTimeout(u4), k2 && cancelAnimationFrame(t4), setTimeout(n3);
  }, u4 = setTimeout(r4, 35);
  k2 && (t4 = requestAnimationFrame(r4));
}
function B2(n3) {
  1 != n3 && i2 == a2.requestAnimationFrame || ((i2 = a2.requestAnimationFrame) || z2)(g2);
}
function C2(n3) {
  var t4 = r2, u4 = n3.__c;
  "function" == typeof u4 && (n3.__c = void 0, u4()), r2 = t4;
}
function D2(n3) {
  var t4 = r2;
  n3.__c = n3.__(), r2 = t4;
}
function E2(n3, t4) {
  return !n3 || n3.length != t4.length || t4.some(function(t5, r4) {
    return !o2(t5, n3[r4]);
  });
}
function G2(n3, t4) {
  return "function" == typeof t4 ? t4(n3) : t4;
}

// node_modules/@preact/signals-core/dist/signals-core.module.js
var i3 = /* @__PURE__ */ Symbol.for("preact-signals");
function t3() {
  if (!(v3 > 1)) {
    var i4, t4 = false;
    !(function() {
      var i5 = c3;
      c3 = void 0;
      while (void 0 !== i5) {
        var t5 = i5.S;
        if (t5.v === i5.v) {
          for (var r5 = t5.t; void 0 !== r5; r5 = r5.x) if (r5.i === i5.i) r5.i = t5.i;
        }
        i5 = i5.o;
      }
    })();
    while (void 0 !== h3) {
      var r4 = h3;
      h3 = void 0;
      s3++;
      while (void 0 !== r4) {
        var n3 = r4.u;
        r4.u = void 0;
        r4.f &= -3;
        if (!(8 & r4.f) && w3(r4)) try {
          r4.c();
        } catch (r5) {
          if (!t4) {
            i4 = r5;
            t4 = true;
          }
        }
        r4 = n3;
      }
    }
    s3 = 0;
    v3--;
    if (t4) throw i4;
  } else v3--;
}
function r3(i4) {
  if (v3 > 0) return i4();
  u3 = ++e3;
  v3++;
  try {
    return i4();
  } finally {
    t3();
  }
}
var n2;
var o3 = void 0;
function f3(i4) {
  var t4 = o3, r4 = n2;
  o3 = void 0;
  n2 = void 0;
  try {
    return i4();
  } finally {
    o3 = t4;
    n2 = r4;
  }
}
var h3 = void 0;
var v3 = 0;
var s3 = 0;
var e3 = 0;
var u3 = 0;
var c3 = void 0;
var a3 = 0;
function d3(i4) {
  if (void 0 !== o3) {
    var t4 = i4.n;
    if (void 0 === t4 || t4.t !== o3) {
      t4 = { i: 0, S: i4, p: o3.s, n: void 0, t: o3, e: void 0, x: void 0, r: t4 };
      if (void 0 !== o3.s) o3.s.n = t4;
      o3.s = t4;
      i4.n = t4;
      if (32 & o3.f) i4.S(t4);
      return t4;
    } else if (-1 === t4.i) {
      t4.i = 0;
      if (void 0 !== t4.n) {
        t4.n.p = t4.p;
        if (void 0 !== t4.p) t4.p.n = t4.n;
        t4.p = o3.s;
        t4.n = void 0;
        o3.s.n = t4;
        o3.s = t4;
      }
      return t4;
    }
  }
}
function l3(i4, t4) {
  this.v = i4;
  this.i = 0;
  this.n = void 0;
  this.t = void 0;
  this.l = 0;
  this.W = null == t4 ? void 0 : t4.watched;
  this.Z = null == t4 ? void 0 : t4.unwatched;
  this.name = null == t4 ? void 0 : t4.name;
}
l3.prototype.brand = i3;
l3.prototype.h = function() {
  return true;
};
l3.prototype.S = function(i4) {
  var t4 = this, r4 = this.t;
  if (r4 !== i4 && void 0 === i4.e) {
    i4.x = r4;
    this.t = i4;
    if (void 0 !== r4) r4.e = i4;
    else f3(function() {
      var i5;
      null == (i5 = t4.W) || i5.call(t4);
    });
  }
};
l3.prototype.U = function(i4) {
  var t4 = this;
  if (void 0 !== this.t) {
    var r4 = i4.e, n3 = i4.x;
    if (void 0 !== r4) {
      r4.x = n3;
      i4.e = void 0;
    }
    if (void 0 !== n3) {
      n3.e = r4;
      i4.x = void 0;
    }
    if (i4 === this.t) {
      this.t = n3;
      if (void 0 === n3) f3(function() {
        var i5;
        null == (i5 = t4.Z) || i5.call(t4);
      });
    }
  }
};
l3.prototype.subscribe = function(i4) {
  var t4 = this;
  return x2(function() {
    var r4 = t4.value;
    f3(function() {
      return i4(r4);
    });
  }, { name: "sub" });
};
l3.prototype.valueOf = function() {
  return this.value;
};
l3.prototype.toString = function() {
  return this.value + "";
};
l3.prototype.toJSON = function() {
  return this.value;
};
l3.prototype.peek = function() {
  var i4 = this;
  return f3(function() {
    return i4.value;
  });
};
Object.defineProperty(l3.prototype, "value", { get: function() {
  var i4 = d3(this);
  if (void 0 !== i4) i4.i = this.i;
  return this.v;
}, set: function(i4) {
  if (i4 !== this.v) {
    if (s3 > 100) throw new Error("Cycle detected");
    !(function(i5) {
      if (0 !== v3 && 0 === s3) {
        if (i5.l !== u3) {
          i5.l = u3;
          c3 = { S: i5, v: i5.v, i: i5.i, o: c3 };
        }
      }
    })(this);
    this.v = i4;
    this.i++;
    a3++;
    v3++;
    try {
      for (var r4 = this.t; void 0 !== r4; r4 = r4.x) r4.t.N();
    } finally {
      t3();
    }
  }
} });
function y3(i4, t4) {
  return new l3(i4, t4);
}
function w3(i4) {
  for (var t4 = i4.s; void 0 !== t4; t4 = t4.n) if (t4.S.i !== t4.i || !t4.S.h() || t4.S.i !== t4.i) return true;
  return false;
}
function b(i4) {
  for (var t4 = i4.s; void 0 !== t4; t4 = t4.n) {
    var r4 = t4.S.n;
    if (void 0 !== r4) t4.r = r4;
    t4.S.n = t4;
    t4.i = -1;
    if (void 0 === t4.n) {
      i4.s = t4;
      break;
    }
  }
}
function _3(i4) {
  var t4 = i4.s, r4 = void 0;
  while (void 0 !== t4) {
    var n3 = t4.p;
    if (-1 === t4.i) {
      t4.S.U(t4);
      if (void 0 !== n3) n3.n = t4.n;
      if (void 0 !== t4.n) t4.n.p = n3;
    } else r4 = t4;
    t4.S.n = t4.r;
    if (void 0 !== t4.r) t4.r = void 0;
    t4 = n3;
  }
  i4.s = r4;
}
function j2(i4, t4) {
  l3.call(this, void 0, t4);
  this.x = i4;
  this.s = void 0;
  this.g = a3 - 1;
  this.f = 4;
}
j2.prototype = new l3();
j2.prototype.h = function() {
  this.f &= -3;
  if (1 & this.f) return false;
  if (32 == (36 & this.f)) return true;
  this.f &= -5;
  if (this.g === a3) return true;
  this.g = a3;
  this.f |= 1;
  if (this.i > 0 && !w3(this)) {
    this.f &= -2;
    return true;
  }
  var i4 = o3;
  try {
    b(this);
    o3 = this;
    var t4 = this.x();
    if (16 & this.f || this.v !== t4 || 0 === this.i) {
      this.v = t4;
      this.f &= -17;
      this.i++;
    }
  } catch (i5) {
    this.v = i5;
    this.f |= 16;
    this.i++;
  }
  o3 = i4;
  _3(this);
  this.f &= -2;
  return true;
};
j2.prototype.S = function(i4) {
  if (void 0 === this.t) {
    this.f |= 36;
    for (var t4 = this.s; void 0 !== t4; t4 = t4.n) t4.S.S(t4);
  }
  l3.prototype.S.call(this, i4);
};
j2.prototype.U = function(i4) {
  if (void 0 !== this.t) {
    l3.prototype.U.call(this, i4);
    if (void 0 === this.t) {
      this.f &= -33;
      for (var t4 = this.s; void 0 !== t4; t4 = t4.n) t4.S.U(t4);
    }
  }
};
j2.prototype.N = function() {
  if (!(2 & this.f)) {
    this.f |= 6;
    for (var i4 = this.t; void 0 !== i4; i4 = i4.x) i4.t.N();
  }
};
Object.defineProperty(j2.prototype, "value", { get: function() {
  if (1 & this.f) throw new Error("Cycle detected");
  var i4 = d3(this);
  this.h();
  if (void 0 !== i4) i4.i = this.i;
  if (16 & this.f) throw this.v;
  return this.v;
} });
function O(i4, t4) {
  return new j2(i4, t4);
}
function p3(i4) {
  var r4 = i4.j;
  i4.j = void 0;
  if ("function" == typeof r4) {
    v3++;
    var n3 = o3;
    o3 = void 0;
    try {
      r4();
    } catch (t4) {
      i4.f &= -2;
      i4.f |= 8;
      g3(i4);
      throw t4;
    } finally {
      o3 = n3;
      t3();
    }
  }
}
function g3(i4) {
  for (var t4 = i4.s; void 0 !== t4; t4 = t4.n) t4.S.U(t4);
  i4.x = void 0;
  i4.s = void 0;
  p3(i4);
}
function S2(i4) {
  if (o3 !== this) throw new Error("Out-of-order effect");
  _3(this);
  o3 = i4;
  this.f &= -2;
  try {
    if (8 & this.f) g3(this);
  } finally {
    t3();
  }
}
function m3(i4, t4) {
  this.x = i4;
  this.j = void 0;
  this.s = void 0;
  this.u = void 0;
  this.f = 32;
  this.name = null == t4 ? void 0 : t4.name;
  if (n2) n2.push(this);
}
m3.prototype.c = function() {
  var i4 = this.S();
  try {
    if (8 & this.f) return;
    if (void 0 === this.x) return;
    var t4 = this.x();
    if ("function" == typeof t4) this.j = t4;
  } finally {
    i4();
  }
};
m3.prototype.S = function() {
  if (1 & this.f) throw new Error("Cycle detected");
  this.f |= 1;
  this.f &= -9;
  p3(this);
  b(this);
  v3++;
  var i4 = o3;
  o3 = this;
  return S2.bind(this, i4);
};
m3.prototype.N = function() {
  if (!(2 & this.f)) {
    this.f |= 2;
    this.u = h3;
    h3 = this;
  }
};
m3.prototype.d = function() {
  this.f |= 8;
  if (!(1 & this.f)) g3(this);
};
m3.prototype.dispose = function() {
  this.d();
};
function x2(i4, t4) {
  var r4 = new m3(i4, t4);
  try {
    r4.c();
  } catch (i5) {
    r4.d();
    throw i5;
  }
  var n3 = r4.d.bind(r4);
  n3[Symbol.dispose] = n3;
  return n3;
}

// node_modules/@preact/signals/dist/signals.module.js
var h4;
var d4;
var p4;
var m4 = "undefined" != typeof window && !!window.__PREACT_SIGNALS_DEVTOOLS__;
var g4 = [];
x2(function() {
  h4 = this.N;
})();
function b2(i4, n3) {
  n[i4] = n3.bind(null, n[i4] || function() {
  });
}
function y4(i4) {
  if (p4) {
    var n3 = p4;
    p4 = void 0;
    n3();
  }
  p4 = i4 && i4.S();
}
function w4(i4) {
  var n3 = this, r4 = i4.data, t4 = useSignal(r4);
  t4.name = "ReactiveDom";
  t4.value = r4;
  var e4 = w2(function() {
    var i5 = n3, r5 = n3.__v;
    while (r5 = r5.__) if (r5.__c) {
      r5.__c.__$f |= 4;
      break;
    }
    var o5 = O(function() {
      var i6 = t4.value.value;
      return 0 === i6 ? 0 : true === i6 ? "" : i6 || "";
    }), e5 = O(function() {
      return !Array.isArray(o5.value) && !r(o5.value);
    }), u5 = x2(function() {
      this.N = M;
      if (e5.value) {
        var n4 = o5.value;
        if (i5.__v && i5.__v.__e && 3 === i5.__v.__e.nodeType) i5.__v.__e.data = n4;
      }
    }), c5 = n3.__$u.d;
    n3.__$u.d = function() {
      u5();
      c5.call(this);
    };
    return [e5, o5];
  }, []), u4 = e4[0], c4 = e4[1];
  return u4.value ? c4.peek() : c4.value;
}
w4.displayName = "ReactiveTextNode";
Object.defineProperties(l3.prototype, { constructor: { configurable: true, value: k($, null).constructor }, type: { configurable: true, value: w4 }, props: { configurable: true, get: function() {
  var i4 = this;
  return { data: { get value() {
    return i4.value;
  } } };
} }, __b: { configurable: true, value: 1 } });
b2("__b", function(i4, n3) {
  y4();
  d4 = void 0;
  if ("string" == typeof n3.type) {
    var r4, t4 = n3.props;
    for (var f5 in t4) if ("children" !== f5) {
      var o5 = t4[f5];
      if (o5 instanceof l3) {
        if (!r4) n3.__np = r4 = {};
        r4[f5] = o5;
        t4[f5] = o5.peek();
      }
    }
  }
  i4(n3);
});
b2("__r", function(i4, r4) {
  i4(r4);
  if (r4.type !== $) {
    y4();
    var t4, f5 = r4.__c;
    if (f5) {
      f5.__$f &= -2;
      if (void 0 === (t4 = f5.__$u)) f5.__$u = t4 = (function(i5, n3) {
        var r5;
        x2(function() {
          r5 = this;
        }, { name: n3 });
        r5.c = i5;
        return r5;
      })(/* @__PURE__ */ (function(i5) {
        return function() {
          var n3;
          if (m4) null == (n3 = this.y) || n3.call(this);
          i5.__$f |= 1;
          i5.setState({});
        };
      })(f5), "function" == typeof r4.type ? r4.type.displayName || r4.type.name : "");
    }
    d4 = f5;
    y4(t4);
  }
});
b2("__e", function(i4, n3, r4, t4) {
  y4();
  d4 = void 0;
  i4(n3, r4, t4);
});
b2("diffed", function(i4, n3) {
  y4();
  d4 = void 0;
  var r4;
  if ("string" == typeof n3.type && (r4 = n3.__e)) {
    var t4 = n3.__np, f5 = n3.props, o5 = r4.U;
    if (o5) for (var e4 in o5) {
      var u4 = o5[e4];
      if (!(void 0 === u4 || t4 && e4 in t4)) {
        u4.d();
        o5[e4] = void 0;
      }
    }
    if (t4) {
      if (!o5) {
        o5 = {};
        r4.U = o5;
      }
      for (var a5 in t4) {
        var c4 = o5[a5], v4 = t4[a5];
        if (void 0 === c4) {
          c4 = k3(r4, a5, v4, f5);
          o5[a5] = c4;
        } else c4.o(v4, f5);
      }
    }
  }
  i4(n3);
});
function k3(i4, n3, r4, t4) {
  var f5 = n3 in i4 && void 0 === i4.ownerSVGElement, o5 = y3(r4);
  return { o: function(i5, n4) {
    o5.value = i5;
    t4 = n4;
  }, d: x2(function() {
    this.N = M;
    var r5 = o5.value.value;
    if (t4[n3] !== r5) {
      t4[n3] = r5;
      if (f5) i4[n3] = r5;
      else if (null != r5 && (false !== r5 || "-" === n3[4])) i4.setAttribute(n3, r5);
      else i4.removeAttribute(n3);
    }
  }) };
}
b2("unmount", function(i4, n3) {
  if ("string" == typeof n3.type) {
    var r4 = n3.__e;
    if (r4) {
      var t4 = r4.U;
      if (t4) {
        r4.U = void 0;
        for (var f5 in t4) {
          var o5 = t4[f5];
          if (o5) o5.d();
        }
      }
    }
    var e4 = n3.__np;
    if (e4) {
      var u4 = n3.props;
      for (var a5 in e4) u4[a5] = e4[a5];
    }
    n3.__np = void 0;
  } else {
    var c4 = n3.__c;
    if (c4) {
      c4.__$f |= 8;
      var v4 = c4.__$u;
      if (v4) {
        c4.__$u = void 0;
        v4.d();
      }
    }
  }
  i4(n3);
});
b2("__h", function(i4, n3, r4, t4) {
  if (t4 < 3) n3.__$f |= 2;
  i4(n3, r4, t4);
});
x.prototype.shouldComponentUpdate = function(i4, n3) {
  if (this.__R) return true;
  var r4 = this.__$u, t4 = r4 && void 0 !== r4.s;
  for (var f5 in n3) return true;
  if (this.__f || "boolean" == typeof this.u && true === this.u) {
    var o5 = 2 & this.__$f;
    if (!(t4 || o5 || 4 & this.__$f)) return true;
    if (1 & this.__$f) return true;
  } else {
    if (!(t4 || 4 & this.__$f)) return true;
    if (3 & this.__$f) return true;
  }
  for (var e4 in i4) if ("__source" !== e4 && i4[e4] !== this.props[e4]) return true;
  for (var u4 in this.props) if (!(u4 in i4)) return true;
  return false;
};
function useSignal(i4, n3) {
  return w2(function() {
    return y3(i4, n3);
  }, []);
}
var A3 = function(i4) {
  queueMicrotask(function() {
    queueMicrotask(i4);
  });
};
function F3() {
  r3(function() {
    var i4;
    while (i4 = g4.shift()) h4.call(i4);
  });
}
function M() {
  if (1 === g4.push(this)) (n.requestAnimationFrame || A3)(F3);
}

// src/words.ts
var MARK = /^(EXERCISE EXERCISE EXERCISE|RECORDING): ?/;
var two = (n3) => String(Math.floor(n3)).padStart(2, "0");
function clock(t_ns, offset_s = 0) {
  const s4 = ((Math.floor(t_ns / 1e9) + offset_s) % 86400 + 86400) % 86400;
  return `${two(s4 / 3600)}:${two(s4 / 60 % 60)}:${two(s4 % 60)}`;
}
var hhmm = (t_ns, offset_s = 0) => clock(t_ns, offset_s).slice(0, 5);
function moment(t_ns, now_ns2, offset_s) {
  const day2 = (ns) => Math.floor((ns / 1e9 + offset_s) / 86400);
  const ahead = day2(t_ns) - day2(now_ns2);
  return hhmm(t_ns, offset_s) + (ahead === 0 ? " local" : ahead === 1 ? " tomorrow" : ` in ${ahead} days`);
}
function countdown(s4) {
  const t4 = Math.max(0, Math.round(s4));
  if (t4 >= 3600) return `${Math.floor(t4 / 3600)} h ${two(t4 / 60 % 60)}`;
  return `${two(t4 / 60)}:${two(t4 % 60)}`;
}
function age(s4) {
  if (s4 < 9.95) return `${Math.max(0, s4).toFixed(1)} s`;
  if (s4 < 120) return `${Math.round(s4)} s`;
  return s4 < 7200 ? `${Math.round(s4 / 60)} min` : `${Math.round(s4 / 3600)} h`;
}
function distance(m5) {
  const far2 = Math.abs(m5);
  if (far2 >= 1e4) return `${(m5 / 1e3).toFixed(1)} km`;
  return far2 >= 1e3 ? `${(m5 / 1e3).toFixed(2)} km` : `${Math.round(m5)} m`;
}
var bearing = (e4, n3) => (Math.round(Math.atan2(e4, n3) * 180 / Math.PI) + 360) % 360;
var degrees = (deg) => `${String((Math.round(deg) % 360 + 360) % 360).padStart(3, "0")}°`;
var climb = (mps) => mps > 1 ? "↗" : mps < -1 ? "↘" : "→";
var called = (t4) => t4.callsign || `T-${t4.label}`;
var CLASS_WORDS = {
  "exists at all": "Exists at all",
  unknown: "Class not decided",
  multirotor: "Multirotor drone",
  "fixed wing": "Fixed-wing drone",
  "one way attack": "One-way attack drone",
  bird: "Bird",
  "light aircraft": "Light aircraft",
  helicopter: "Helicopter",
  airliner: "Airliner",
  ballistic: "Rocket or mortar",
  balloon: "Balloon"
};
var plain = (cls) => cls.toLowerCase().replace(/[_-]/g, " ");
var classWord = (cls) => CLASS_WORDS[plain(cls)] ?? cls;
var LEVELS = ["WHITE", "YELLOW", "RED"];
var LEVEL_WORDS = {
  WHITE: "Attack not expected",
  YELLOW: "Attack probable",
  RED: "Attack imminent or under way"
};
var IDENTITIES = [
  "pending",
  "unknown",
  "assumed friend",
  "friend",
  "neutral",
  "suspect",
  "hostile"
];
function unmarked(text) {
  const found = MARK.exec(text);
  return found ? { mark: found[1] ?? "", rest: text.slice(found[0].length) } : { mark: "", rest: text };
}
function census(tracks) {
  const counts2 = /* @__PURE__ */ new Map();
  for (const t4 of tracks) counts2.set(t4.identity, (counts2.get(t4.identity) ?? 0) + 1);
  const words = [...IDENTITIES].reverse().filter((i4) => counts2.has(i4));
  return words.map((i4) => `${counts2.get(i4)} ${i4}`).join(" · ") || "no tracks";
}

// src/symbols.ts
var CELL = 176;
var COLUMNS = [
  "unknown",
  "multirotor",
  "fixed wing",
  "one way attack",
  "bird",
  "light aircraft",
  "helicopter",
  "airliner",
  "ballistic",
  "balloon"
];
var SHEET = "/static/symbols.svg";
var sheet = new Image();
sheet.src = SHEET;
var loaded = sheet.decode();
var atlas = null;
var atlasCell = 0;
function cell(identity, cls) {
  return [Math.max(0, COLUMNS.indexOf(plain(cls))), IDENTITIES.indexOf(identity)];
}
function draw(ctx, identity, cls, x3, y5, size) {
  const px = Math.round(size * devicePixelRatio);
  if (!atlas || atlasCell < px) {
    if (!sheet.complete || sheet.naturalWidth === 0) return;
    atlas = document.createElement("canvas");
    atlas.width = px * COLUMNS.length;
    atlas.height = px * IDENTITIES.length;
    atlas.getContext("2d")?.drawImage(sheet, 0, 0, atlas.width, atlas.height);
    atlasCell = px;
  }
  const [column, row] = cell(identity, cls);
  const half = size / 2;
  ctx.drawImage(
    atlas,
    column * atlasCell,
    row * atlasCell,
    atlasCell,
    atlasCell,
    x3 - half,
    y5 - half,
    size,
    size
  );
}
function address(identity, cls) {
  const [column, row] = cell(identity, cls);
  return `${SHEET}#svgView(viewBox(${column * CELL},${row * CELL},${CELL},${CELL}))`;
}

// node_modules/preact/jsx-runtime/dist/jsxRuntime.mjs
var f4 = /* @__PURE__ */ Symbol.for("pv");
var o4 = 0;
function a4(t4, e4, n3, u4, a5, i4) {
  e4 || (e4 = {});
  var c4, l4, p5 = e4;
  if ("ref" in p5 && "function" != typeof t4) for (l4 in p5 = {}, e4) "ref" == l4 ? c4 = e4[l4] : p5[l4] = e4[l4];
  var s4 = { type: t4, props: p5, key: n3, ref: c4, __k: null, __: null, __b: 0, __e: null, __c: null, constructor: f4, __v: --o4, __i: -1, __u: 0 };
  return (a5 || i4) && (s4.__source = a5, s4.__self = i4), n.vnode && n.vnode(s4), s4;
}

// src/panels/parts.tsx
function Symbol2(props) {
  return /* @__PURE__ */ a4("img", { src: address(props.identity, props.cls), width: props.size, height: props.size, alt: "" });
}
var Key = (props) => /* @__PURE__ */ a4("kbd", { "aria-hidden": "true", children: props.children });
function Marked(props) {
  const { mark, rest } = unmarked(props.text);
  if (!mark) return /* @__PURE__ */ a4($, { children: rest });
  return /* @__PURE__ */ a4($, { children: [
    /* @__PURE__ */ a4("span", { class: props.short ? "mark short" : "mark", title: mark, children: props.short ? mark.split(" ")[0] : mark }),
    " ",
    rest
  ] });
}

// src/state.ts
var me = y3(null);
var mustSignIn = y3(false);
var site = y3(null);
var basemap = y3(null);
var terrain = y3(null);
var covers = y3(/* @__PURE__ */ new Map());
var live = y3(null);
var received_ms = y3(0);
var linked = y3(false);
var tick_ms = y3(performance.now());
var STALE_S = 3;
var age_s = O(() => {
  const picture = live.value;
  if (!picture?.t_ns) return Infinity;
  return (picture.age_s ?? 0) + Math.max(0, tick_ms.value - received_ms.value) / 1e3;
});
var old = O(() => !linked.value || age_s.value > STALE_S);
var now_ns = O(() => {
  const picture = live.value;
  return picture?.t_ns ? picture.t_ns + age_s.value * 1e9 : 0;
});
var playhead_ns = y3(null);
var playing = y3(true);
var rate = y3(1);
var past = y3(null);
var replaying = O(() => playhead_ns.value !== null);
var shown = O(() => replaying.value ? past.value : live.value);
var timeline = y3(null);
var events = y3([]);
var MOST_EVENTS = 400;
var selected = y3(null);
var following = y3(false);
var byPriority = (a5, b3) => b3.score - a5.score || a5.label - b3.label;
var ranked = O(() => [...shown.value?.tracks ?? []].sort(byPriority));
var chosen = O(() => ranked.value.find((t4) => t4.label === selected.value) ?? null);
var LAYERS = [
  ["cover", "Sensor cover", "1"],
  ["blind", "Blind volumes", "2"],
  ["zones", "Zones, people", "3"],
  ["corridors", "Corridors", "4"],
  ["rings", "Range rings", "5"],
  ["shade", "Hill shade", "6"],
  ["base", "Base map", "G"],
  ["dots", "History dots, 45 s", "7"],
  ["ellipses", "95 % ellipses", "8"],
  ["labels", "Labels", "9"],
  ["birds", "Birds", "B"]
];
var layers = y3({
  cover: true,
  blind: true,
  zones: true,
  corridors: true,
  rings: true,
  shade: true,
  base: true,
  dots: true,
  ellipses: true,
  labels: true,
  birds: true
});
var COVER_HEIGHTS_M = [20, 50, 100, 200, 400];
var coverHeight_m = y3(100);
var theme = y3("dark");
var sound = y3("unarmed");
var dialog = y3(null);
var said = y3(null);
var mayAct = O(() => me.value !== null && me.value.role !== "viewer");
var isSupervisor = O(() => me.value?.role === "supervisor");
var mayDrill = O(() => isSupervisor.value || mayAct.value && site.value?.mode === "EXERCISE");
var exercise = O(
  () => site.value?.mode === "EXERCISE" || live.value?.drill?.running === true
);

// src/wire.ts
var Refused = class extends Error {
  constructor(status, text) {
    super(text);
    this.status = status;
  }
  status;
};
async function ask(method, path2, body) {
  const headers = { "X-CSRF": me.value?.csrf ?? "" };
  if (body !== void 0) headers["Content-Type"] = "application/json";
  let answer;
  try {
    answer = await fetch(path2, {
      method,
      headers,
      credentials: "same-origin",
      ...body === void 0 ? {} : { body: JSON.stringify(body) }
    });
  } catch {
    throw new Refused(0, "The service does not answer. Nothing was sent.");
  }
  const text = await answer.text();
  const data = text && answer.headers.get("content-type")?.includes("json") ? JSON.parse(text) : {};
  if (!answer.ok) {
    const error = data.error ?? `refused with status ${answer.status}`;
    if (answer.status === 401) mustSignIn.value = true;
    throw new Refused(answer.status, error);
  }
  return data;
}
function useAsked(path2, again2) {
  const [got, setGot] = d2(null);
  const [wrong, setWrong] = d2("");
  A2(() => {
    setWrong("");
    ask("GET", path2).then(setGot, (error) => {
      if (!(error instanceof Refused)) throw error;
      setWrong(error.message);
    });
  }, [path2, again2]);
  return [got, wrong];
}
async function act(body) {
  return tell(ask("POST", "/api/act", body));
}
async function tell(sent, good = "Done.") {
  try {
    const answer = await sent;
    const whole = { ok: answer.ok !== false, text: answer.text || good };
    said.value = { text: whole.text, wrong: !whole.ok };
    return whole;
  } catch (error) {
    if (!(error instanceof Refused)) throw error;
    said.value = { text: error.message, wrong: true };
    return { ok: false, text: error.message };
  }
}
async function start() {
  try {
    me.value = await ask("GET", "/api/me");
    if (me.value.first_start) return;
    mustSignIn.value = false;
    site.value = await ask("GET", "/api/site");
  } catch (error) {
    if (!(error instanceof Refused)) throw error;
    if (error.status !== 401) setTimeout(() => void start(), 2e3);
    return;
  }
  connect();
  ask("GET", "/api/terrain").then((t4) => terrain.value = t4, quiet);
  ask("GET", "/api/basemap").then((m5) => basemap.value = m5, quiet);
  await cover(coverHeight_m.value);
  for (const height_m of COVER_HEIGHTS_M) await cover(height_m);
}
function quiet(error) {
  if (!(error instanceof Refused)) throw error;
}
async function cover(height_m) {
  if (covers.value.has(height_m)) return;
  const found = await ask("GET", `/api/cover?height_m=${height_m}`).catch(quiet);
  if (found) covers.value = new Map(covers.value).set(height_m, found);
}
var SPAN_NS = 30 * 60 * 1e9;
async function timeline2() {
  const to = Math.round(now_ns.value);
  if (to <= 0) return;
  const from = Math.max(0, Math.round(to - SPAN_NS));
  const found = await ask("GET", `/api/timeline?from_ns=${from}&to_ns=${to}`).catch(quiet);
  if (found) timeline.value = found;
}
var socket = null;
var wait_ms = 500;
var behind = false;
var waiting;
function connect() {
  clearTimeout(waiting);
  socket?.close();
  const scheme = location.protocol === "https:" ? "wss:" : "ws:";
  const mine = new WebSocket(`${scheme}//${location.host}/api/live`);
  socket = mine;
  mine.onopen = () => {
    wait_ms = 500;
    behind = true;
  };
  mine.onmessage = (message) => {
    if (socket === mine) receive(JSON.parse(message.data));
  };
  mine.onclose = () => {
    if (socket !== mine) return;
    linked.value = false;
    waiting = setTimeout(() => void again(), wait_ms);
    wait_ms = Math.min(5e3, wait_ms * 1.6);
  };
}
async function again() {
  try {
    me.value = await ask("GET", "/api/me");
  } catch (error) {
    quiet(error);
    if (error.status === 401) return;
  }
  connect();
}
function disconnect() {
  clearTimeout(waiting);
  const mine = socket;
  socket = null;
  mine?.close();
  linked.value = false;
}
function receive(message) {
  if (message.kind === "event") {
    events.value = [message, ...events.value].slice(0, MOST_EVENTS);
    return;
  }
  const now = performance.now();
  r3(() => {
    live.value = message;
    received_ms.value = now;
    tick_ms.value = now;
    linked.value = true;
  });
  if (behind) void timeline2();
  behind = false;
}
function keepTime() {
  setInterval(() => tick_ms.value = performance.now(), 250);
  setInterval(() => {
    if (linked.value) void timeline2();
  }, 5e3);
  setInterval(() => {
    const silent_ms = performance.now() - received_ms.value;
    if (linked.value && silent_ms > 3e3) {
      linked.value = false;
      connect();
    }
  }, 1e3);
  addEventListener("online", () => {
    if (site.value && !linked.value) connect();
  });
}

// src/map/view.ts
var view = y3({ e: 0, n: 0, scale: 0.05, tilted: false, width: 800, height: 500 });
var TILT = 55 * Math.PI / 180;
var squash = (v4) => v4.tilted ? Math.cos(TILT) : 1;
var lift = (v4) => v4.tilted ? Math.sin(TILT) : 0;
function project(v4, e4, n3, up_m = 0) {
  return [
    v4.width / 2 + (e4 - v4.e) * v4.scale,
    v4.height / 2 - ((n3 - v4.n) * squash(v4) + up_m * lift(v4)) * v4.scale
  ];
}
function unproject(v4, x3, y5) {
  return [v4.e + (x3 - v4.width / 2) / v4.scale, v4.n - (y5 - v4.height / 2) / (v4.scale * squash(v4))];
}
function pan(dx, dy) {
  const v4 = view.value;
  view.value = { ...v4, e: v4.e - dx / v4.scale, n: v4.n + dy / (v4.scale * squash(v4)) };
}
function zoom(factor, x3 = view.value.width / 2, y5 = view.value.height / 2) {
  const v4 = view.value;
  const scale = Math.min(2, Math.max(2e-3, v4.scale * factor));
  const [e4, n3] = unproject(v4, x3, y5);
  const moved = { ...v4, scale };
  const [e22, n22] = unproject(moved, x3, y5);
  view.value = { ...moved, e: v4.e + e4 - e22, n: v4.n + n3 - n22 };
}
function centre(e4, n3) {
  view.value = { ...view.value, e: e4, n: n3 };
}
function reveal(e4, n3, up_m) {
  const v4 = view.value;
  const margin = 60;
  const [x3, y5] = project(v4, e4, n3, v4.tilted ? up_m : 0);
  if (x3 > margin && y5 > margin && x3 < v4.width - margin && y5 < v4.height - margin) return;
  const wide = 2 * Math.abs(e4 - v4.e) / (v4.width - 2 * margin);
  const high = 2 * Math.abs(n3 - v4.n) * squash(v4) / (v4.height - 2 * margin);
  const scale = Math.min(v4.scale, 1.35 / Math.max(wide, high));
  const [ce, cn] = [v4.e + (e4 - v4.e) * 0.27, v4.n + (n3 - v4.n) * 0.27];
  view.value = { ...v4, e: ce, n: cn, scale };
}
function fit(site2, tracks) {
  const v4 = view.value;
  const points = [...site2.wall.polygon];
  const reach = 1.6 * Math.max(2e3, ...points.map(([e4, n3]) => Math.hypot(e4, n3)));
  points.push([-reach, -reach], [reach, reach]);
  for (const t4 of tracks)
    if (t4.identity !== "neutral" && Math.hypot(t4.e, t4.n) < 2e4) points.push([t4.e, t4.n]);
  const es = points.map((p5) => p5[0]);
  const ns = points.map((p5) => p5[1]);
  const [e0, e1, n0, n1] = [Math.min(...es), Math.max(...es), Math.min(...ns), Math.max(...ns)];
  const scale = 0.94 * Math.min(v4.width / (e1 - e0), v4.height / ((n1 - n0) * squash(v4)));
  view.value = { ...v4, e: (e0 + e1) / 2, n: (n0 + n1) / 2, scale };
}
function tilt() {
  view.value = { ...view.value, tilted: !view.value.tilted };
}

// src/replay.ts
var STEP_MS = 250;
var asking = false;
function seek(t_ns) {
  const live2 = live.value;
  if (!live2) return;
  if (t_ns >= live2.t_ns) return goLive();
  playhead_ns.value = Math.round(t_ns);
  void fetchMoment();
}
function step(s4) {
  const from = playhead_ns.value ?? live.value?.t_ns;
  if (from !== void 0) seek(from + s4 * 1e9);
}
function goLive() {
  r3(() => {
    playhead_ns.value = null;
    past.value = null;
    rate.value = 1;
    playing.value = true;
  });
}
function playAt(rate2) {
  rate.value = rate2;
  playing.value = true;
}
async function fetchMoment() {
  const t_ns = playhead_ns.value;
  if (asking || t_ns === null) return;
  asking = true;
  try {
    const picture = await ask("GET", `/api/at?t_ns=${t_ns}`);
    if (playhead_ns.value !== null) past.value = picture;
  } catch (error) {
    if (!(error instanceof Refused)) throw error;
    playing.value = false;
    said.value = { text: `Replay: ${error.message}`, wrong: true };
  } finally {
    asking = false;
  }
  if (playhead_ns.value !== null && playhead_ns.value !== t_ns) void fetchMoment();
}
function keepPlaying() {
  setInterval(() => {
    const t_ns = playhead_ns.value;
    if (t_ns === null || !playing.value) return;
    const next2 = t_ns + STEP_MS * 1e6 * rate.value;
    if (next2 >= now_ns.value) goLive();
    else {
      playhead_ns.value = next2;
      if (!asking) void fetchMoment();
    }
  }, STEP_MS);
}

// src/sound.ts
var audio = null;
var SOUNDS = {
  alarm: [[880, 0, 0.18], [1175, 0.22, 0.18], [880, 0.44, 0.18], [1175, 0.66, 0.18]],
  escalated: [[1400, 0, 0.1], [1400, 0.15, 0.1], [1400, 0.3, 0.1], [1400, 0.45, 0.1], [1400, 0.6, 0.1]],
  caution: [[620, 0, 0.25]],
  clear: [[880, 0, 0.25], [660, 0.3, 0.25], [523, 0.6, 0.4]]
};
var REPEAT_MS = 8e3;
function toggle() {
  audio ??= new AudioContext();
  void audio.resume();
  sound.value = sound.value === "on" ? "muted" : "on";
  if (sound.value === "on") play("caution");
}
function play(name) {
  if (sound.value !== "on" || !audio) return;
  for (const [hz, from_s, for_s] of SOUNDS[name]) {
    const at = audio.currentTime + 0.02 + from_s;
    const tone = audio.createOscillator();
    const gain = audio.createGain();
    tone.frequency.value = hz;
    gain.gain.setValueAtTime(0, at);
    gain.gain.linearRampToValueAtTime(0.25, at + 0.01);
    gain.gain.linearRampToValueAtTime(0, at + for_s);
    tone.connect(gain).connect(audio.destination);
    tone.start(at);
    tone.stop(at + for_s + 0.02);
  }
}
function keepSounding() {
  let known = /* @__PURE__ */ new Map();
  let lost = /* @__PURE__ */ new Set();
  x2(() => {
    const picture = live.value;
    if (!picture) return;
    const alarms = new Map(picture.alarms.map((a5) => [a5.number, a5.escalated]));
    const down = new Set(picture.sensors.filter((s4) => s4.health === "lost").map((s4) => s4.row));
    const newAlarm = [...alarms.keys()].some((n3) => !known.has(n3));
    const nowEscalated = [...alarms].some(([n3, e4]) => e4 && known.get(n3) === false);
    if (newAlarm) play("alarm");
    else if (nowEscalated) play("escalated");
    else if (known.size > 0 && alarms.size === 0) play("clear");
    else if ([...down].some((row) => !lost.has(row))) play("caution");
    known = alarms;
    lost = down;
  });
  setInterval(() => {
    const open = (live.value?.alarms ?? []).filter((a5) => !a5.acknowledged_by);
    if (open.length) play(open.some((a5) => a5.escalated) ? "escalated" : "alarm");
  }, REPEAT_MS);
}

// src/map/base.ts
var arrived = y3(0);
var held = /* @__PURE__ */ new Map();
var waiting2 = [];
var under_way = 0;
var MOST_HELD = 500;
var AT_ONCE = 4;
var MOST_SHOWN = 96;
var AREAS = ["land", "apron", "water", "building"];
var LINES = ["river", "rail", "runway", "road", "highway", "border"];
var WIDTHS = { river: 1.4, lake: 1.2, coast: 1.6, rail: 1, runway: 5, road: 0.9, highway: 2.2, border: 1.4 };
function path(pieces, close2) {
  const out = new Path2D();
  for (const p5 of pieces) {
    for (let k4 = 0; k4 + 1 < p5.length; k4 += 2) k4 ? out.lineTo(p5[k4], p5[k4 + 1]) : out.moveTo(p5[k4], p5[k4 + 1]);
    if (close2) out.closePath();
  }
  return out;
}
function prepared(shapes) {
  const { areas, lines: lines2 } = shapes;
  return {
    areas: AREAS.filter((k4) => areas[k4]).map((k4) => [k4, path(areas[k4].flat(), true)]),
    lines: LINES.filter((k4) => lines2[k4]).map((k4) => [k4, path(lines2[k4], false)]),
    names: shapes.names
  };
}
async function fetched(address2) {
  const answer = await fetch(address2, { credentials: "same-origin" });
  if (answer.status !== 200) return null;
  if (answer.headers.get("content-type")?.startsWith("image/")) return createImageBitmap(await answer.blob());
  return prepared(await answer.json());
}
function next() {
  while (under_way < AT_ONCE && waiting2.length) {
    const [key, address2] = waiting2.pop();
    under_way++;
    fetched(address2).then((tile) => held.set(key, tile), () => held.delete(key)).finally(() => {
      under_way--;
      arrived.value++;
      next();
    });
  }
}
function wanted(key, address2) {
  if (held.has(key)) return;
  if (held.size > MOST_HELD) for (const old2 of [...held.keys()].slice(0, 100)) held.delete(old2);
  held.set(key, null);
  waiting2.push([key, address2]);
  if (waiting2.length > MOST_SHOWN) for (const [old2] of waiting2.splice(0, waiting2.length - MOST_SHOWN)) held.delete(old2);
}
function span(v4, side_m) {
  const [e0, n1] = unproject(v4, 0, 0);
  const [e1, n0] = unproject(v4, v4.width, v4.height);
  const at = (m5) => Math.floor(m5 / side_m);
  return [at(e0) - 1, at(e1) + 1, at(n0) - 1, at(n1) + 1];
}
function own(ctx, v4, map, colours, day2) {
  if (!map.own) return;
  const { finest, coarsest } = map.own;
  const fit2 = (level2) => Math.min(coarsest, Math.max(finest, level2));
  let level = fit2(Math.round(Math.log2(1 / (v4.scale * devicePixelRatio))));
  const count = (k4) => {
    const [c0, c1, r0, r1] = span(v4, map.pixels * 2 ** k4);
    return (c1 - c0 + 1) * (r1 - r0 + 1);
  };
  while (level < coarsest && count(level) > MOST_SHOWN) level++;
  ctx.save();
  if (map.own.kind === "raster") ctx.globalAlpha = day2 ? 0.75 : 0.55;
  for (let k4 = map.own.kind === "raster" ? fit2(level + 2) : level; k4 >= level; k4--) {
    const side = map.pixels * 2 ** k4;
    const [c0, c1, r0, r1] = span(v4, side);
    for (let c4 = c0; c4 <= c1; c4++)
      for (let r4 = r0; r4 <= r1; r4++) {
        const key = `${k4}/${c4}/${r4}`;
        if (k4 === level) wanted(key, `/api/basemap/${key}`);
        const tile = held.get(key);
        if (!tile) continue;
        const [x3, y5] = project(v4, c4 * side, (r4 + 1) * side);
        const [wide, high] = [side * v4.scale, side * v4.scale * squash(v4)];
        if (tile instanceof ImageBitmap) ctx.drawImage(tile, x3, y5, wide, high);
        else drawn(ctx, v4, tile, x3, y5 + high, colours);
      }
  }
  ctx.restore();
  next();
}
function drawn(ctx, v4, tile, x3, y5, colours) {
  ctx.save();
  ctx.translate(x3, y5);
  ctx.scale(v4.scale, -v4.scale * squash(v4));
  ctx.lineJoin = "round";
  for (const [kind, shape] of tile.areas) {
    ctx.fillStyle = colours.base[kind];
    ctx.fill(shape, "evenodd");
  }
  for (const [kind, shape] of tile.lines) {
    ctx.strokeStyle = colours.base[kind];
    ctx.lineWidth = (WIDTHS[kind] ?? 1) / v4.scale;
    ctx.stroke(shape);
  }
  ctx.restore();
  ctx.font = "11px system-ui, sans-serif";
  for (const [e4, n3, word] of tile.names) {
    const [px, py] = [x3 + e4 * v4.scale, y5 - n3 * v4.scale * squash(v4)];
    if (px > 0 && py > 0 && px < v4.width && py < v4.height) write(ctx, word, px, py, colours.dim, colours.halo, "center");
  }
}
var coarse = /* @__PURE__ */ new WeakMap();
function drawBase(ctx, v4, map, colours, day2) {
  if (map.own) return own(ctx, v4, map, colours, day2);
  let lines2 = coarse.get(map);
  if (!lines2) {
    lines2 = ["coast", "lake", "river"].map((k4) => [k4, path(map.coarse.lines[k4] ?? [], false)]);
    coarse.set(map, lines2);
  }
  ctx.save();
  ctx.translate(...project(v4, 0, 0));
  ctx.scale(v4.scale, -v4.scale * squash(v4));
  ctx.lineJoin = "round";
  for (const [kind, shape] of lines2) {
    ctx.strokeStyle = colours.base[kind];
    ctx.lineWidth = 2 * (WIDTHS[kind] ?? 1) / v4.scale;
    ctx.stroke(shape);
  }
  ctx.restore();
}

// src/map/ground.ts
var BLIND_PD = 0.1;
var SEEN_PD = 0.5;
function image(grid2, paint3) {
  const canvas = document.createElement("canvas");
  canvas.width = grid2.cols;
  canvas.height = grid2.rows;
  const ctx = canvas.getContext("2d");
  if (!ctx) return canvas;
  const data = ctx.createImageData(grid2.cols, grid2.rows);
  for (let r4 = 0; r4 < grid2.rows; r4++)
    for (let c4 = 0; c4 < grid2.cols; c4++)
      paint3(((grid2.rows - 1 - r4) * grid2.cols + c4) * 4, c4, r4, data.data);
  ctx.putImageData(data, 0, 0);
  return canvas;
}
function shade(t4, day2) {
  const at = (c4, r4) => t4.up_m[Math.min(t4.rows - 1, Math.max(0, r4)) * t4.cols + Math.min(t4.cols - 1, Math.max(0, c4))] ?? 0;
  return image(t4, (i4, c4, r4, out) => {
    const de = (at(c4 + 1, r4) - at(c4 - 1, r4)) / (2 * t4.cell_m);
    const dn = (at(c4, r4 + 1) - at(c4, r4 - 1)) / (2 * t4.cell_m);
    const steep = 7;
    const light = (steep * de - steep * dn + Math.SQRT2) / (2 * Math.hypot(steep * de, steep * dn, 1));
    const k4 = Math.min(1, Math.max(0, light));
    const [lo, hi] = day2 ? [190, 245] : [22, 66];
    out[i4] = (lo + (hi - lo) * k4) * (day2 ? 0.97 : 0.8);
    out[i4 + 1] = lo + (hi - lo) * k4;
    out[i4 + 2] = (lo + (hi - lo) * k4) * (day2 ? 0.96 : 1.08);
    out[i4 + 3] = 255;
  });
}
function tint(cover2, colours) {
  const [red, green, blue] = colours.cover;
  return image(cover2, (i4, c4, r4, out) => {
    const pd = cover2.pd[r4 * cover2.cols + c4] ?? 0;
    out[i4] = red;
    out[i4 + 1] = green;
    out[i4 + 2] = blue;
    out[i4 + 3] = pd < BLIND_PD ? 0 : 6 + 26 * pd;
  });
}
function blindRuns(cover2) {
  const runs = [];
  for (let r4 = 0; r4 < cover2.rows; r4++) {
    let from = -1;
    for (let c4 = 0; c4 <= cover2.cols; c4++) {
      const blind = c4 < cover2.cols && (cover2.pd[r4 * cover2.cols + c4] ?? 0) < BLIND_PD;
      if (blind && from < 0) from = c4;
      if (!blind && from >= 0) {
        runs.push([cover2.e0 + from * cover2.cell_m, cover2.n0 + r4 * cover2.cell_m, (c4 - from) * cover2.cell_m]);
        from = -1;
      }
    }
  }
  return runs;
}
function contour(cover2, level) {
  const out = [];
  const { cols, rows, cell_m, e0, n0, pd } = cover2;
  for (let r4 = 0; r4 + 1 < rows; r4++)
    for (let c4 = 0; c4 + 1 < cols; c4++) {
      const i4 = r4 * cols + c4;
      const v4 = [pd[i4] ?? 0, pd[i4 + 1] ?? 0, pd[i4 + cols + 1] ?? 0, pd[i4 + cols] ?? 0];
      const cuts = [];
      for (let k4 = 0; k4 < 4; k4++) {
        const [a5, b3] = [v4[k4] ?? 0, v4[(k4 + 1) % 4] ?? 0];
        if (a5 < level === b3 < level) continue;
        const f5 = (level - a5) / (b3 - a5);
        const [x3, y5] = [[f5, 0], [1, f5], [1 - f5, 1], [0, 1 - f5]][k4];
        cuts.push(e0 + (c4 + 0.5 + x3) * cell_m, n0 + (r4 + 0.5 + y5) * cell_m);
      }
      for (let k4 = 0; k4 + 3 < cuts.length; k4 += 4)
        out.push([cuts[k4] ?? 0, cuts[k4 + 1] ?? 0, cuts[k4 + 2] ?? 0, cuts[k4 + 3] ?? 0]);
    }
  return out;
}
function place(ctx, v4, grid2, picture) {
  const [x3, y5] = project(v4, grid2.e0, grid2.n0 + grid2.rows * grid2.cell_m);
  ctx.imageSmoothingEnabled = true;
  ctx.drawImage(
    picture,
    x3,
    y5,
    grid2.cols * grid2.cell_m * v4.scale,
    grid2.rows * grid2.cell_m * v4.scale * squash(v4)
  );
}
function round125(m5) {
  if (!(m5 > 0)) return 1;
  const power = 10 ** Math.floor(Math.log10(m5));
  const lead = m5 / power;
  return power * (lead >= 5 ? 5 : lead >= 2 ? 2 : 1);
}
function grid(ctx, v4, colours) {
  const step2 = round125(110 / v4.scale);
  const [e0, n1] = unproject(v4, 0, 0);
  const [e1, n0] = unproject(v4, v4.width, v4.height);
  ctx.strokeStyle = colours.grid;
  ctx.lineWidth = 1;
  ctx.beginPath();
  for (let e4 = Math.ceil(e0 / step2) * step2; e4 <= e1; e4 += step2) {
    const [x3] = project(v4, e4, 0);
    ctx.moveTo(Math.round(x3) + 0.5, 0);
    ctx.lineTo(Math.round(x3) + 0.5, v4.height);
  }
  for (let n3 = Math.ceil(n0 / step2) * step2; n3 <= n1; n3 += step2) {
    const [, y5] = project(v4, 0, n3);
    ctx.moveTo(0, Math.round(y5) + 0.5);
    ctx.lineTo(v4.width, Math.round(y5) + 0.5);
  }
  ctx.stroke();
}
var shades = /* @__PURE__ */ new Map();
var tints = /* @__PURE__ */ new WeakMap();
var runsOf = /* @__PURE__ */ new WeakMap();
var edgesOf = /* @__PURE__ */ new WeakMap();
function once(kept, key, make) {
  let found = kept.get(key);
  if (found === void 0) kept.set(key, found = make());
  return found;
}
var hatch = null;
function hatched(ctx, colour) {
  if (hatch?.colour === colour) return hatch.pattern;
  const tile = document.createElement("canvas");
  tile.width = tile.height = 8 * devicePixelRatio;
  const t4 = tile.getContext("2d");
  if (t4) {
    t4.scale(devicePixelRatio, devicePixelRatio);
    t4.strokeStyle = colour;
    t4.globalAlpha = 0.42;
    t4.beginPath();
    for (const k4 of [-8, 0, 8]) {
      t4.moveTo(k4 - 1, 9);
      t4.lineTo(k4 + 9, -1);
    }
    t4.stroke();
  }
  hatch = { colour, pattern: ctx.createPattern(tile, "repeat") };
  return hatch.pattern;
}
function drawGround(ctx, v4, input) {
  const { terrain: terrain2, base, cover: cover2, show, colours, day: day2 } = input;
  ctx.fillStyle = colours.ground;
  ctx.fillRect(0, 0, v4.width, v4.height);
  if (terrain2 && show.shade) {
    let picture = shades.get(day2);
    if (!picture) shades.set(day2, picture = shade(terrain2, day2));
    place(ctx, v4, terrain2, picture);
  }
  if (base && show.base) drawBase(ctx, v4, base, colours, day2);
  grid(ctx, v4, colours);
  if (!cover2) return;
  if (show.cover) {
    const byTheme = once(tints, cover2, () => /* @__PURE__ */ new Map());
    let picture = byTheme.get(colours.ground);
    if (!picture) byTheme.set(colours.ground, picture = tint(cover2, colours));
    place(ctx, v4, cover2, picture);
    ctx.strokeStyle = colours.edge;
    ctx.globalAlpha = 0.75;
    ctx.lineWidth = 1;
    ctx.beginPath();
    for (const [ea, na, eb, nb] of once(edgesOf, cover2, () => contour(cover2, SEEN_PD))) {
      ctx.moveTo(...project(v4, ea, na));
      ctx.lineTo(...project(v4, eb, nb));
    }
    ctx.stroke();
    ctx.globalAlpha = 1;
  }
  if (show.blind) {
    const pattern = hatched(ctx, colours.hatch);
    if (!pattern) return;
    ctx.fillStyle = pattern;
    ctx.beginPath();
    for (const [e4, n3, width] of once(runsOf, cover2, () => blindRuns(cover2))) {
      const [x3, y5] = project(v4, e4, n3 + cover2.cell_m);
      const x22 = x3 + width * v4.scale;
      const y22 = y5 + cover2.cell_m * v4.scale * squash(v4);
      if (x22 > 0 && y22 > 0 && x3 < v4.width && y5 < v4.height) ctx.rect(x3, y5, x22 - x3, y22 - y5);
    }
    ctx.fill();
  }
}

// src/map/works.ts
function trace(ctx, v4, points, closed) {
  ctx.beginPath();
  points.forEach(([e4, n3], i4) => i4 ? ctx.lineTo(...project(v4, e4, n3)) : ctx.moveTo(...project(v4, e4, n3)));
  if (closed) ctx.closePath();
}
function write(ctx, text, x3, y5, colour, halo, align = "left") {
  const { strokeStyle, lineWidth } = ctx;
  ctx.textAlign = align;
  ctx.textBaseline = "middle";
  ctx.lineWidth = 3;
  ctx.lineJoin = "round";
  ctx.strokeStyle = halo;
  ctx.strokeText(text, x3, y5);
  ctx.fillStyle = colour;
  ctx.fillText(text, x3, y5);
  ctx.strokeStyle = strokeStyle;
  ctx.lineWidth = lineWidth;
}
function rings(ctx, v4, input) {
  const step2 = round125(Math.min(v4.width, v4.height) / v4.scale / 4.2);
  const most = Math.hypot(v4.width, v4.height) / v4.scale + Math.hypot(v4.e, v4.n);
  const [x3, y5] = project(v4, 0, 0);
  ctx.strokeStyle = input.colours.ring;
  ctx.font = "11px system-ui, sans-serif";
  for (let r4 = step2; r4 <= Math.min(most, step2 * 12); r4 += step2) {
    ctx.globalAlpha = 0.55;
    ctx.lineWidth = 1;
    ctx.setLineDash([6, 5]);
    ctx.beginPath();
    ctx.ellipse(x3, y5, r4 * v4.scale, r4 * v4.scale * squash(v4), 0, 0, 2 * Math.PI);
    ctx.stroke();
    ctx.globalAlpha = 1;
    ctx.setLineDash([]);
    const [lx, ly] = project(v4, -r4 * Math.sin(0.17), r4 * Math.cos(0.17));
    write(ctx, distance(r4).replace(/\.0+ km/, " km"), lx, ly, input.colours.ring, input.colours.halo, "center");
  }
}
function corridors(ctx, v4, input) {
  ctx.strokeStyle = input.colours.corridor;
  ctx.font = "11px system-ui, sans-serif";
  for (const c4 of input.site.corridors) {
    ctx.setLineDash([10, 6]);
    ctx.lineWidth = 1;
    ctx.globalAlpha = 0.6;
    for (const side of [-1, 1]) {
      const edge = c4.path.map(([e4, n3], i4) => {
        const [ea, na] = c4.path[Math.max(0, i4 - 1)] ?? [e4, n3];
        const [eb, nb] = c4.path[Math.min(c4.path.length - 1, i4 + 1)] ?? [e4, n3];
        const length = Math.hypot(eb - ea, nb - na) || 1;
        const off = side * c4.half_width_m / length;
        return [e4 + (nb - na) * off, n3 - (eb - ea) * off];
      });
      trace(ctx, v4, edge, false);
      ctx.stroke();
    }
    ctx.setLineDash([]);
    ctx.globalAlpha = 1;
    const [from, to] = [c4.path[0], c4.path[1]];
    if (from && to) {
      const [x3, y5] = project(v4, from[0] + (to[0] - from[0]) * 0.14, from[1] + (to[1] - from[1]) * 0.14);
      write(ctx, c4.name, x3, y5, input.colours.corridor, input.colours.halo, "center");
    }
  }
}
function zones(ctx, v4, input) {
  const { site: site2, colours } = input;
  const people = new Set(site2.people.map((p5) => p5.name));
  const drawn3 = [...site2.zones, ...site2.people.filter((p5) => !site2.zones.some((z3) => z3.name === p5.name))];
  ctx.font = "11px system-ui, sans-serif";
  for (const zone of drawn3) {
    const colour = people.has(zone.name) ? colours.people : colours.zone;
    trace(ctx, v4, zone.polygon, true);
    ctx.globalAlpha = 0.14;
    ctx.fillStyle = colour;
    ctx.fill();
    ctx.globalAlpha = 0.9;
    ctx.lineWidth = 1.2;
    ctx.strokeStyle = colour;
    ctx.setLineDash(people.has(zone.name) ? [] : [3, 3]);
    ctx.stroke();
    ctx.setLineDash([]);
    ctx.globalAlpha = 1;
    const xs = zone.polygon.map(([e4, n3]) => project(v4, e4, n3));
    const x0 = Math.min(...xs.map((p5) => p5[0]));
    const x1 = Math.max(...xs.map((p5) => p5[0]));
    const name = people.has(zone.name) ? `⌂ ${zone.name}` : zone.name;
    if (ctx.measureText(name).width < (x1 - x0) * 3)
      write(ctx, name, (x0 + x1) / 2, Math.min(...xs.map((p5) => p5[1])) - 8, colour, colours.halo, "center");
  }
}
function wall(ctx, v4, input) {
  const { site: site2, colours } = input;
  trace(ctx, v4, site2.wall.polygon, true);
  ctx.lineJoin = "round";
  ctx.strokeStyle = colours.halo;
  ctx.lineWidth = 5;
  ctx.stroke();
  ctx.strokeStyle = colours.wall;
  ctx.lineWidth = 2.2;
  ctx.stroke();
  const corners = site2.wall.polygon.map(([e4, n3]) => project(v4, e4, n3));
  const lowest = corners.reduce((a5, b3) => b3[1] > a5[1] ? b3 : a5, [0, -Infinity]);
  const [, y5] = lowest;
  const xs = corners.map((c4) => c4[0]);
  ctx.font = "600 11px system-ui, sans-serif";
  write(ctx, site2.wall.name.toUpperCase(), (Math.min(...xs) + Math.max(...xs)) / 2, y5 + 11, colours.wall, colours.halo, "center");
}
function sensors(ctx, v4, input) {
  const { site: site2, colours, show } = input;
  const health = new Map(input.sensors.map((s4) => [s4.row, s4.health]));
  const places = [];
  ctx.font = "600 11px system-ui, sans-serif";
  for (const s4 of site2.sensors) {
    const state = health.get(s4.row) ?? "lost";
    const well = state === "fresh" || state === "quiet";
    const colour = well ? colours.sensor : colours.lost;
    const [x3, y5] = project(v4, s4.e, s4.n);
    const reach = s4.max_range_m * v4.scale;
    if (show.cover && reach < 2.5 * v4.width && s4.max_range_m < site2.world_m) {
      ctx.globalAlpha = well ? 0.25 : 0.8;
      ctx.strokeStyle = colour;
      ctx.lineWidth = 1;
      ctx.setLineDash(well ? [] : [2, 4]);
      ctx.beginPath();
      if (s4.azimuth_deg) {
        const [from, to] = s4.azimuth_deg.map((a5) => (a5 - 90) * Math.PI / 180);
        const end = to <= from ? to + 2 * Math.PI : to;
        ctx.moveTo(x3, y5);
        ctx.ellipse(x3, y5, reach, reach * squash(v4), 0, from, end);
        ctx.closePath();
      } else ctx.ellipse(x3, y5, reach, reach * squash(v4), 0, 0, 2 * Math.PI);
      ctx.stroke();
      ctx.setLineDash([]);
      ctx.globalAlpha = 1;
    }
    ctx.fillStyle = colours.halo;
    ctx.fillRect(x3 - 6, y5 - 6, 12, 12);
    ctx.strokeStyle = colour;
    ctx.lineWidth = 1.6;
    ctx.strokeRect(x3 - 4.5, y5 - 4.5, 9, 9);
    if (state === "lost") {
      ctx.beginPath();
      ctx.moveTo(x3 - 4, y5 - 4);
      ctx.lineTo(x3 + 4, y5 + 4);
      ctx.moveTo(x3 + 4, y5 - 4);
      ctx.lineTo(x3 - 4, y5 + 4);
      ctx.stroke();
    }
    const place2 = places.find((p5) => Math.hypot(p5.x - x3, p5.y - y5) < 14);
    if (place2) place2.codes.push([sensorCode(s4), colour]);
    else places.push({ x: x3, y: y5, codes: [[sensorCode(s4), colour]] });
  }
  for (const place2 of places) {
    let x3 = place2.x + 10;
    for (const [code, colour] of place2.codes) {
      write(ctx, code, x3, place2.y, colour, colours.halo);
      x3 += ctx.measureText(code).width + 5;
    }
  }
}
var LETTERS = {
  radar: "R",
  camera: "C",
  acoustic: "A",
  direction_finder: "F",
  adsb: "B",
  remote_id: "I"
};
function sensorCode(s4) {
  return `${LETTERS[s4.kind.toLowerCase().replace(/[ -]/g, "_")] ?? "S"}${s4.row + 1}`;
}
function drawWorks(ctx, v4, input) {
  if (input.show.rings) rings(ctx, v4, input);
  if (input.show.corridors) corridors(ctx, v4, input);
  if (input.show.zones) zones(ctx, v4, input);
  wall(ctx, v4, input);
  sensors(ctx, v4, input);
}

// src/panels/alerts.tsx
var urgency = (a5, b3) => Number(a5.acknowledged_by !== "") - Number(b3.acknowledged_by !== "") || Number(b3.escalated) - Number(a5.escalated) || (a5.t_wall_s ?? Infinity) - (b3.t_wall_s ?? Infinity) || a5.number - b3.number;
var inOrder = () => [...live.value?.alarms ?? []].sort(urgency);
async function acknowledgeFirst() {
  const open = inOrder().find((a5) => !a5.acknowledged_by);
  if (!open) said.value = { text: "No alarm waits for an acknowledgement.", wrong: false };
  else await act({ verb: "acknowledge", subject: open.number });
}
function AlarmRow({ alarm, first }) {
  const offset = site.value?.utc_offset_s ?? 0;
  const open = !alarm.acknowledged_by;
  const left_s = alarm.t_wall_s === null ? null : alarm.t_wall_s - age_s.value;
  return /* @__PURE__ */ a4("li", { class: `alarm ${open ? "open" : "answered"}${alarm.escalated ? " escalated" : ""}`, children: [
    /* @__PURE__ */ a4("i", { "aria-hidden": "true", class: "icon", children: open ? "▲" : "✓" }),
    /* @__PURE__ */ a4(
      "button",
      {
        type: "button",
        class: "plain",
        onClick: () => selected.value = alarm.labels[0] ?? null,
        children: [
          /* @__PURE__ */ a4("b", { children: /* @__PURE__ */ a4(Marked, { text: alarm.what }) }),
          /* @__PURE__ */ a4("span", { children: /* @__PURE__ */ a4(Marked, { text: alarm.where, short: true }) }),
          /* @__PURE__ */ a4("span", { class: "do", children: [
            alarm.area.length ? `${alarm.area.join(", ")}: ` : "",
            /* @__PURE__ */ a4(Marked, { text: alarm.do, short: true })
          ] }),
          /* @__PURE__ */ a4("span", { class: "state", children: [
            open ? alarm.escalated ? `ESCALATED: nobody has acknowledged since ${hhmm(alarm.raised_ns, offset)}` : `since ${hhmm(alarm.raised_ns, offset)}` : `acknowledged by ${alarm.acknowledged_by}`,
            ` · until ${hhmm(alarm.until_ns, offset)}`
          ] })
        ]
      }
    ),
    /* @__PURE__ */ a4("div", { class: "right", children: [
      left_s !== null && /* @__PURE__ */ a4($, { children: [
        /* @__PURE__ */ a4("b", { class: "time", children: countdown(left_s) }),
        /* @__PURE__ */ a4("small", { children: "to the wall" })
      ] }),
      open && /* @__PURE__ */ a4("button", { type: "button", disabled: !mayAct.value, onClick: () => void act({ verb: "acknowledge", subject: alarm.number }), children: [
        "Ack ",
        first && /* @__PURE__ */ a4(Key, { children: "A" })
      ] }),
      alarm.incident && /* @__PURE__ */ a4(
        "button",
        {
          type: "button",
          class: "small",
          title: "Its incident, drafted by the watch",
          "aria-label": `Incident ${alarm.incident}`,
          onClick: () => dialog.value = { name: "incidents", open: alarm.incident },
          children: alarm.incident
        }
      )
    ] })
  ] });
}
function ClosingRow({ track }) {
  return /* @__PURE__ */ a4("li", { class: "caution", children: [
    /* @__PURE__ */ a4("i", { "aria-hidden": "true", class: "icon", children: "◆" }),
    /* @__PURE__ */ a4("button", { type: "button", class: "plain", onClick: () => selected.value = track.label, children: [
      /* @__PURE__ */ a4("b", { children: [
        called(track),
        " ",
        track.identity,
        ", closes"
      ] }),
      /* @__PURE__ */ a4("span", { children: [
        distance(track.d_wall_m),
        " from the wall, ",
        degrees(bearing(track.e, track.n)),
        " · ",
        Math.round(track.speed_mps),
        " m/s"
      ] })
    ] }),
    /* @__PURE__ */ a4("div", { class: "right", children: /* @__PURE__ */ a4("button", { type: "button", disabled: !mayAct.value, onClick: () => dialog.value = { name: "interrogate", label: track.label }, children: "Ask" }) })
  ] });
}
function LostRow(props) {
  const sensor = site.value?.sensors.find((s4) => s4.row === props.row);
  if (!sensor) return null;
  return /* @__PURE__ */ a4("li", { class: "caution", children: [
    /* @__PURE__ */ a4("i", { "aria-hidden": "true", class: "icon", children: "✕" }),
    /* @__PURE__ */ a4("div", { class: "plain", children: [
      /* @__PURE__ */ a4("b", { children: [
        sensorCode(sensor),
        " ",
        sensor.name,
        ": no data for ",
        props.age_s === null ? "long" : age(props.age_s)
      ] }),
      /* @__PURE__ */ a4("span", { children: "cover is reduced" })
    ] })
  ] });
}
function Budget() {
  const budget = live.value?.budget;
  if (!budget) return null;
  const pd = budget.detection_probability;
  return /* @__PURE__ */ a4("p", { class: "budget", children: [
    /* @__PURE__ */ a4("span", { children: [
      "alarms ",
      /* @__PURE__ */ a4("b", { children: budget.alarms_per_hour.toFixed(1) }),
      "/h"
    ] }),
    /* @__PURE__ */ a4("span", { children: [
      "nuisance ",
      /* @__PURE__ */ a4("b", { children: budget.nuisance_per_hour.toFixed(1) }),
      "/h"
    ] }),
    /* @__PURE__ */ a4("span", { children: [
      "detection ",
      /* @__PURE__ */ a4("b", { children: pd === null ? "not known" : pd.toFixed(2) })
    ] })
  ] });
}
function Alerts() {
  const alarms = inOrder();
  const open = alarms.filter((a5) => !a5.acknowledged_by);
  const told = new Set(alarms.flatMap((a5) => a5.labels));
  const closing = (live.value?.tracks ?? []).filter((t4) => t4.closing && !told.has(t4.label) && ["pending", "unknown", "suspect"].includes(t4.identity)).sort((a5, b3) => b3.score - a5.score).slice(0, 3);
  const lost = (live.value?.sensors ?? []).filter((s4) => s4.health === "lost");
  const quiet2 = !alarms.length && !closing.length && !lost.length;
  return /* @__PURE__ */ a4("section", { class: "alerts", "aria-labelledby": "h-alerts", "data-pane": true, children: [
    /* @__PURE__ */ a4("h2", { id: "h-alerts", children: [
      "Alerts ",
      replaying.value && /* @__PURE__ */ a4("em", { class: "islive", children: "LIVE" }),
      /* @__PURE__ */ a4("span", { class: open.length ? "danger" : "", children: open.length ? `${open.length} to acknowledge` : "none open" })
    ] }),
    /* @__PURE__ */ a4(Budget, {}),
    /* @__PURE__ */ a4("ul", { children: [
      alarms.map((a5) => /* @__PURE__ */ a4(AlarmRow, { alarm: a5, first: a5 === open[0] }, a5.number)),
      closing.map((t4) => /* @__PURE__ */ a4(ClosingRow, { track: t4 }, `t${t4.label}`)),
      lost.map((s4) => /* @__PURE__ */ a4(LostRow, { row: s4.row, age_s: s4.age_s }, `s${s4.row}`)),
      quiet2 && /* @__PURE__ */ a4("li", { class: "quiet", children: "No alarm, nothing unknown closes." })
    ] })
  ] });
}

// src/keys.ts
var KEYS = [
  ["A", "Acknowledge the first open alarm"],
  ["Tab, Shift Tab", "Next, previous track by priority (on the map)"],
  ["I", "Interrogate the selected track"],
  ["D", "Dismiss the selected track"],
  ["R", "Reclassify the selected track"],
  ["F", "Follow the selected track"],
  ["N", "Note in the log"],
  ["P", "Change posture"],
  ["C", "Is the airspace clear?"],
  ["X", "Drill control"],
  ["E", "Incident record, paste a report"],
  ["← →", "Ten seconds back, on"],
  ["Space", "Pause, play the replay"],
  ["L", "Live"],
  ["0", "Fit the site"],
  ["+ −", "Zoom"],
  ["Shift arrows", "Move the map"],
  ["T", "Tilt"],
  ["1 … 9, G, B", "Layers"],
  ["[ ]", "Cover height down, up"],
  ["M", "Sound on, off"],
  ["Y", "Dark, day"],
  ["S", "Sensors: bias that is offered"],
  ["U", "Who is on duty, sign out"],
  ["F6", "Next pane; there Tab is the browser's"],
  ["Esc", "Close; back to the map"],
  ["?", "This list"]
];
function selectBy(stepBy) {
  const ranked2 = ranked.value;
  if (!ranked2.length) return;
  const at = ranked2.findIndex((t4) => t4.label === selected.value);
  const next2 = at < 0 ? stepBy > 0 ? 0 : ranked2.length - 1 : (at + stepBy + ranked2.length) % ranked2.length;
  selected.value = ranked2[next2]?.label ?? null;
}
function nextPane(back) {
  const panes = [...document.querySelectorAll("[data-pane]")];
  const at = panes.findIndex((p5) => p5.contains(document.activeElement));
  for (let k4 = 1; k4 <= panes.length; k4++) {
    const pane = panes[(at + (back ? -k4 : k4) + 2 * panes.length) % panes.length];
    const first = pane?.querySelector("button:not(:disabled), input, select, [tabindex='0']");
    if (first) return first.focus();
  }
}
var toMap = () => document.getElementById("picture")?.focus();
function coverStep(by) {
  const heights = COVER_HEIGHTS_M;
  const at = heights.indexOf(coverHeight_m.value);
  coverHeight_m.value = heights[Math.min(heights.length - 1, Math.max(0, at + by))] ?? 100;
}
function onTrack(name) {
  const track = chosen.value;
  if (track) dialog.value = { name, label: track.label };
  else said.value = { text: "Select a track first: Tab, or a click on the map.", wrong: true };
}
var SHIFTED = {
  ArrowLeft: [80, 0],
  ArrowRight: [-80, 0],
  ArrowUp: [0, 80],
  ArrowDown: [0, -80]
};
var PLAIN = {
  a: () => void acknowledgeFirst(),
  i: () => onTrack("interrogate"),
  d: () => onTrack("dismiss"),
  r: () => onTrack("reclassify"),
  f: () => void (following.value = !following.value && chosen.value !== null),
  n: () => void (dialog.value = { name: "note", label: selected.value }),
  p: () => void (dialog.value = { name: "posture" }),
  c: () => void (dialog.value = { name: "clear" }),
  x: () => void (dialog.value = { name: "drill" }),
  e: () => void (dialog.value = { name: "incidents" }),
  s: () => void (dialog.value = { name: "sensors" }),
  u: () => void (dialog.value = { name: "duty" }),
  "?": () => void (dialog.value = { name: "help" }),
  l: goLive,
  t: tilt,
  m: toggle,
  y: () => void (theme.value = theme.value === "dark" ? "day" : "dark"),
  "0": () => site.value && fit(site.value, ranked.value),
  "+": () => zoom(1.4),
  "=": () => zoom(1.4),
  "-": () => zoom(1 / 1.4),
  "[": () => coverStep(-1),
  "]": () => coverStep(1),
  ArrowLeft: () => step(-10),
  ArrowRight: () => step(10),
  ArrowUp: () => selectBy(-1),
  ArrowDown: () => selectBy(1),
  " ": () => {
    if (replaying.value) playing.value = !playing.value;
  },
  Escape: () => {
    if (document.activeElement?.id === "picture") selected.value = null;
    else toMap();
  }
};
for (const [layer, , key] of LAYERS)
  PLAIN[key.toLowerCase()] = () => {
    layers.value = { ...layers.value, [layer]: !layers.value[layer] };
  };
function pressed(event) {
  if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
  const on = document.activeElement;
  const onMap = !on || on === document.body || on.id === "picture";
  if (!me.value || document.querySelector("dialog[open]") || !site.value) return;
  if (on?.matches("input:not([type=checkbox]), select, textarea")) {
    if (event.key === "Escape") toMap();
    return;
  }
  if (event.key === "F6") nextPane(event.shiftKey);
  else if (event.key === "Tab") {
    if (!onMap) return;
    selectBy(event.shiftKey ? -1 : 1);
    toMap();
  } else if (event.shiftKey && SHIFTED[event.key]) {
    pan(...SHIFTED[event.key] ?? [0, 0]);
    following.value = false;
  } else {
    if (event.key === " " && !onMap) return;
    const does = PLAIN[event.key.length === 1 ? event.key.toLowerCase() : event.key];
    if (!does) return;
    does();
  }
  event.preventDefault();
}
function keepListening() {
  addEventListener("keydown", pressed);
}

// src/dialogs/frame.tsx
var close = () => void (dialog.value = null);
function Frame(props) {
  const ref = T2(null);
  F2(() => {
    const dialog2 = ref.current;
    dialog2?.showModal();
    for (const wanted2 of ["[data-first]", "input, select, textarea", "button.main", "button"]) {
      const found = dialog2?.querySelector(wanted2);
      if (!found) continue;
      found.focus();
      break;
    }
    return () => {
      dialog2?.close();
      toMap();
    };
  }, []);
  return /* @__PURE__ */ a4(
    "dialog",
    {
      ref,
      class: props.wide ? "wide" : "",
      "aria-labelledby": "dialog-title",
      onCancel: (event) => {
        event.preventDefault();
        if (!props.firm) close();
      },
      children: [
        /* @__PURE__ */ a4("h2", { id: "dialog-title", children: props.title }),
        exercise.value && /* @__PURE__ */ a4("strong", { class: "badge exercise", children: "EXERCISE" }),
        props.children
      ]
    }
  );
}
function Form(props) {
  const [busy, setBusy] = d2(false);
  const [wrong, setWrong] = d2("");
  const submit = async (event) => {
    event.preventDefault();
    if (busy || props.ready === false) return;
    setBusy(true);
    setWrong("");
    const answer = await props.send();
    setBusy(false);
    if (!answer.ok) setWrong(answer.text);
    else if (!props.keep) close();
  };
  return /* @__PURE__ */ a4("form", { onSubmit: (event) => void submit(event), children: [
    props.children,
    /* @__PURE__ */ a4("p", { class: "wrong", role: "alert", children: wrong }),
    /* @__PURE__ */ a4("div", { class: "buttons", children: [
      /* @__PURE__ */ a4("button", { type: "button", onClick: close, children: [
        "Cancel ",
        /* @__PURE__ */ a4("kbd", { "aria-hidden": "true", children: "Esc" })
      ] }),
      /* @__PURE__ */ a4("button", { type: "submit", class: "main", disabled: busy || props.ready === false, children: props.verb })
    ] })
  ] });
}

// src/dialogs/acts.tsx
var of = (set) => (event) => set(event.currentTarget.value);
function About({ track }) {
  return /* @__PURE__ */ a4("div", { class: "about", children: [
    /* @__PURE__ */ a4(Symbol2, { identity: track.identity, cls: track.cls, size: 44 }),
    /* @__PURE__ */ a4("p", { children: [
      /* @__PURE__ */ a4("b", { children: called(track) }),
      " ",
      track.identity,
      ", ",
      classWord(track.cls).toLowerCase(),
      /* @__PURE__ */ a4("br", {}),
      distance(Math.hypot(track.e, track.n)),
      " ",
      degrees(bearing(track.e, track.n)),
      ", ",
      Math.round(track.agl_m),
      " m high,",
      " ",
      Math.round(track.speed_mps),
      " m/s",
      track.closing ? ", closing" : ""
    ] })
  ] });
}
function useTrack(label) {
  return live.value?.tracks.find((t4) => t4.label === label);
}
function Gone({ label }) {
  return /* @__PURE__ */ a4(Frame, { title: `T-${label}`, children: [
    /* @__PURE__ */ a4("p", { children: "This track is not in the live picture any more. Nothing can be said about it now." }),
    /* @__PURE__ */ a4("div", { class: "buttons", children: /* @__PURE__ */ a4("button", { type: "button", onClick: close, children: "Close" }) })
  ] });
}
var answers = /* @__PURE__ */ new Map();
function Interrogate({ label }) {
  const track = useTrack(label);
  const [answer, setAnswer] = d2(answers.get(label) ?? "");
  if (!track) return /* @__PURE__ */ a4(Gone, { label });
  const send = async () => {
    const got = await act({ verb: "interrogate", subject: label });
    if (got.ok) {
      answers.set(label, got.text);
      setAnswer(got.text);
    }
    return got;
  };
  return /* @__PURE__ */ a4(Frame, { title: `Interrogate ${called(track)}`, children: [
    /* @__PURE__ */ a4(About, { track }),
    /* @__PURE__ */ a4("p", { children: "Asks the identity ledger: cooperative identity, flight plans, corridors, class evidence. Nothing is transmitted." }),
    /* @__PURE__ */ a4("h3", { children: "Known so far" }),
    /* @__PURE__ */ a4("ul", { class: "why", children: track.why.map((w5) => /* @__PURE__ */ a4("li", { children: /* @__PURE__ */ a4(Marked, { text: w5, short: true }) }, w5)) }),
    answer && /* @__PURE__ */ a4("div", { class: "answer", role: "status", children: [
      /* @__PURE__ */ a4("b", { children: "Answer" }),
      /* @__PURE__ */ a4("p", { children: /* @__PURE__ */ a4(Marked, { text: answer }) })
    ] }),
    /* @__PURE__ */ a4(Form, { send, verb: answer ? "Ask again" : "Interrogate", keep: true, children: answer && /* @__PURE__ */ a4("p", { class: "next", children: [
      /* @__PURE__ */ a4("button", { type: "button", onClick: () => dialog.value = { name: "dismiss", label }, children: "Dismiss …" }),
      " ",
      /* @__PURE__ */ a4("button", { type: "button", onClick: () => dialog.value = { name: "reclassify", label }, children: "Reclassify …" })
    ] }) })
  ] });
}
var UNTIL_S = [[60, "1 minute"], [180, "3 minutes"], [300, "5 minutes"], [900, "15 minutes"]];
function Dismiss({ label }) {
  const track = useTrack(label);
  const [why, setWhy] = d2("");
  const [until, setUntil] = d2("180");
  if (!track) return /* @__PURE__ */ a4(Gone, { label });
  if (!answers.has(label))
    return /* @__PURE__ */ a4(Frame, { title: `Dismiss ${called(track)}`, children: [
      /* @__PURE__ */ a4(About, { track }),
      /* @__PURE__ */ a4("p", { children: "Nothing is dismissed before it has been interrogated." }),
      /* @__PURE__ */ a4("div", { class: "buttons", children: [
        /* @__PURE__ */ a4("button", { type: "button", onClick: close, children: [
          "Cancel ",
          /* @__PURE__ */ a4("kbd", { "aria-hidden": "true", children: "Esc" })
        ] }),
        /* @__PURE__ */ a4("button", { type: "button", class: "main", "data-first": true, onClick: () => dialog.value = { name: "interrogate", label }, children: "Interrogate first" })
      ] })
    ] });
  const offset = site.value?.utc_offset_s ?? 0;
  const end = clock(now_ns.value + Number(until) * 1e9, offset);
  return /* @__PURE__ */ a4(Frame, { title: `Dismiss ${called(track)}`, children: [
    /* @__PURE__ */ a4(About, { track }),
    /* @__PURE__ */ a4("div", { class: "answer", children: [
      /* @__PURE__ */ a4("b", { children: "Interrogated" }),
      /* @__PURE__ */ a4("p", { children: /* @__PURE__ */ a4(Marked, { text: answers.get(label) ?? "" }) })
    ] }),
    /* @__PURE__ */ a4(
      Form,
      {
        send: () => act({ verb: "dismiss", subject: label, why: why.trim(), until_s: Number(until) }),
        verb: "Dismiss",
        ready: why.trim().length > 0,
        children: [
          /* @__PURE__ */ a4("p", { class: "field", children: [
            "Who ",
            /* @__PURE__ */ a4("b", { children: me.value?.user })
          ] }),
          /* @__PURE__ */ a4("label", { class: "field", children: [
            "Why ",
            /* @__PURE__ */ a4("input", { value: why, onInput: of(setWhy), required: true, maxLength: 200, "data-first": true })
          ] }),
          /* @__PURE__ */ a4("label", { class: "field", children: [
            "Until when",
            /* @__PURE__ */ a4("select", { value: until, onChange: of(setUntil), children: UNTIL_S.map(([s4, words]) => /* @__PURE__ */ a4("option", { value: String(s4), children: words }, s4)) }),
            /* @__PURE__ */ a4("small", { children: [
              "ends at ",
              end,
              " local, and by itself when the evidence changes"
            ] })
          ] })
        ]
      }
    )
  ] });
}
function Reclassify({ label }) {
  const track = useTrack(label);
  const [cls, setCls] = d2(track?.cls ?? "");
  const [identity, setIdentity] = d2(track?.identity ?? "unknown");
  const [why, setWhy] = d2("");
  if (!track) return /* @__PURE__ */ a4(Gone, { label });
  const site2 = site.value;
  const changed = cls !== track.cls || identity !== track.identity;
  const send = async () => {
    let answer = { ok: true, text: "" };
    if (cls !== track.cls) answer = await act({ verb: "classify", subject: label, value: cls, why: why.trim() });
    if (answer.ok && identity !== track.identity)
      answer = await act({ verb: "identify", subject: label, value: identity, why: why.trim() });
    return answer;
  };
  return /* @__PURE__ */ a4(Frame, { title: `Reclassify ${called(track)}`, children: [
    /* @__PURE__ */ a4(About, { track }),
    /* @__PURE__ */ a4(Form, { send, verb: "Reclassify", ready: changed && why.trim().length > 0, children: [
      /* @__PURE__ */ a4("label", { class: "field", children: [
        "What it is",
        /* @__PURE__ */ a4("select", { value: cls, onChange: of(setCls), "data-first": true, children: (site2?.classes ?? []).map((c4) => /* @__PURE__ */ a4("option", { value: c4, children: classWord(c4) }, c4)) })
      ] }),
      /* @__PURE__ */ a4("label", { class: "field", children: [
        "Whose it is",
        /* @__PURE__ */ a4("select", { value: identity, onChange: of(setIdentity), children: (site2?.identities ?? IDENTITIES).map((i4) => /* @__PURE__ */ a4("option", { value: i4, children: i4 }, i4)) })
      ] }),
      /* @__PURE__ */ a4("label", { class: "field", children: [
        "Why ",
        /* @__PURE__ */ a4("input", { value: why, onInput: of(setWhy), required: true, maxLength: 200 })
      ] })
    ] })
  ] });
}
function Note({ label }) {
  const [text, setText] = d2("");
  return /* @__PURE__ */ a4(Frame, { title: label === null ? "Note in the log" : `Note on T-${label}`, children: /* @__PURE__ */ a4(
    Form,
    {
      send: () => act({ verb: "note", subject: label ?? 0, value: text.trim() }),
      verb: "Write",
      ready: text.trim().length > 0,
      children: /* @__PURE__ */ a4("label", { class: "field", children: [
        "Note ",
        /* @__PURE__ */ a4("textarea", { value: text, onInput: of(setText), rows: 3, maxLength: 500, "data-first": true })
      ] })
    }
  ) });
}
var HOLD_S = [[900, "15 minutes"], [3600, "1 hour"], [14400, "4 hours"], [86400, "24 hours"]];
function ChangePosture() {
  const now = live.value?.posture;
  const [level, setLevel] = d2(now?.level ?? "WHITE");
  const [why, setWhy] = d2("");
  const [hold, setHold] = d2("3600");
  const rank = LEVELS.findIndex((l4) => l4 === level);
  return /* @__PURE__ */ a4(Frame, { title: "Change posture", children: [
    /* @__PURE__ */ a4("p", { children: [
      "Now ",
      /* @__PURE__ */ a4("b", { children: now?.level }),
      " by ",
      now?.by || "rule",
      ": ",
      now?.reason,
      ". ",
      now?.forecast
    ] }),
    /* @__PURE__ */ a4(
      Form,
      {
        send: () => act({ verb: "posture", subject: rank, value: level, why: why.trim(), until_s: Number(hold) }),
        verb: "Order",
        ready: why.trim().length > 0,
        children: [
          /* @__PURE__ */ a4("fieldset", { children: [
            /* @__PURE__ */ a4("legend", { children: "Posture" }),
            LEVELS.map((l4) => /* @__PURE__ */ a4("label", { class: `choice ${l4.toLowerCase()}`, children: [
              /* @__PURE__ */ a4("input", { type: "radio", name: "level", value: l4, checked: l4 === level, onChange: of(setLevel), "data-first": l4 === level ? true : void 0 }),
              /* @__PURE__ */ a4("b", { children: l4 }),
              " ",
              LEVEL_WORDS[l4].toLowerCase()
            ] }, l4))
          ] }),
          /* @__PURE__ */ a4("label", { class: "field", children: [
            "Reason ",
            /* @__PURE__ */ a4("input", { value: why, onInput: of(setWhy), required: true, maxLength: 200 })
          ] }),
          /* @__PURE__ */ a4("label", { class: "field", children: [
            "Holds for",
            /* @__PURE__ */ a4("select", { value: hold, onChange: of(setHold), children: HOLD_S.map(([s4, words]) => /* @__PURE__ */ a4("option", { value: String(s4), children: words }, s4)) })
          ] })
        ]
      }
    )
  ] });
}

// src/dialogs/room.tsx
var of2 = (set) => (event) => set(event.currentTarget.value);
function Help() {
  return /* @__PURE__ */ a4(Frame, { title: "Keys", wide: true, children: [
    /* @__PURE__ */ a4("dl", { class: "keys", children: KEYS.map(([key, what]) => /* @__PURE__ */ a4("div", { children: [
      /* @__PURE__ */ a4("dt", { children: /* @__PURE__ */ a4("kbd", { children: key }) }),
      /* @__PURE__ */ a4("dd", { children: what })
    ] }, key)) }),
    /* @__PURE__ */ a4("div", { class: "buttons", children: /* @__PURE__ */ a4("button", { type: "button", class: "main", onClick: close, children: "Close" }) })
  ] });
}
function Lines(props) {
  return /* @__PURE__ */ a4($, { children: [
    /* @__PURE__ */ a4("h3", { children: props.title }),
    /* @__PURE__ */ a4("ul", { class: "why", children: props.lines.length ? props.lines.map((l4) => /* @__PURE__ */ a4("li", { children: /* @__PURE__ */ a4(Marked, { text: l4, short: true }) }, l4)) : /* @__PURE__ */ a4("li", { children: props.none }) })
  ] });
}
function ClearStatement() {
  const [clear, setClear] = d2(null);
  const [wrong, setWrong] = d2("");
  const load = () => {
    setClear(null);
    setWrong("");
    ask("GET", "/api/clear").then(setClear, (error) => {
      if (!(error instanceof Refused)) throw error;
      setWrong(error.message);
    });
  };
  A2(load, []);
  return /* @__PURE__ */ a4(Frame, { title: "Is the airspace clear?", wide: true, children: [
    clear && /* @__PURE__ */ a4($, { children: [
      /* @__PURE__ */ a4("p", { class: `verdict ${clear.can_say ? "yes" : "no"}`, role: "status", children: [
        /* @__PURE__ */ a4("b", { children: clear.can_say ? "✓ It can be said" : "✕ It cannot be said" }),
        " ",
        /* @__PURE__ */ a4(Marked, { text: clear.statement })
      ] }),
      !clear.can_say && /* @__PURE__ */ a4(Lines, { title: "Why not", lines: clear.why_not, none: "no reason given" }),
      /* @__PURE__ */ a4(Lines, { title: "Looked at", lines: clear.volumes, none: "nothing" }),
      /* @__PURE__ */ a4(Lines, { title: "Blind", lines: clear.blind, none: "no blind volume known" })
    ] }),
    /* @__PURE__ */ a4("p", { class: "wrong", role: "alert", children: wrong }),
    /* @__PURE__ */ a4("div", { class: "buttons", children: [
      /* @__PURE__ */ a4("button", { type: "button", onClick: load, children: "Ask again" }),
      /* @__PURE__ */ a4("button", { type: "button", class: "main", "data-first": true, onClick: close, children: "Close" })
    ] })
  ] });
}
function Drill() {
  const running = live.value?.drill;
  const raids = site.value?.raids ?? [];
  const [raid, setRaid] = d2(raids[0] ?? "");
  const may = mayDrill.value;
  const gives = site.value?.mode === "EXERCISE";
  const send = () => running?.running ? tell(ask("DELETE", "/api/drill"), "The drill has ended.") : tell(ask("POST", "/api/drill", { raid }), "The drill has begun.");
  return /* @__PURE__ */ a4(Frame, { title: "Drill", children: [
    /* @__PURE__ */ a4("p", { children: [
      "A drill plays a simulated raid into the live picture. Everything it makes says EXERCISE; none of it can reach a real siren. ",
      gives ? "The exercise that is shown gives way to it, and goes on after it." : "A real alarm stops the drill."
    ] }),
    running?.running && /* @__PURE__ */ a4("p", { role: "status", children: [
      "Drill ",
      /* @__PURE__ */ a4("b", { children: running.name }),
      " is running."
    ] }),
    !may && /* @__PURE__ */ a4("p", { class: "wrong", children: "Only a supervisor starts or stops a drill." }),
    /* @__PURE__ */ a4(Form, { send, verb: running?.running ? "Stop the drill" : "Start the drill", ready: may && (running?.running === true || raid.trim() !== ""), children: !running?.running && (raids.length ? /* @__PURE__ */ a4("label", { class: "field", children: [
      "Raid",
      /* @__PURE__ */ a4("select", { value: raid, onChange: of2(setRaid), "data-first": true, children: raids.map((r4) => /* @__PURE__ */ a4("option", { value: r4, children: r4 }, r4)) })
    ] }) : /* @__PURE__ */ a4("label", { class: "field", children: [
      "Raid ",
      /* @__PURE__ */ a4("input", { value: raid, onInput: of2(setRaid), placeholder: "name of a raid", "data-first": true })
    ] })) })
  ] });
}
function Duty() {
  const me2 = me.value;
  const leave = async () => {
    const answer = await tell(ask("POST", "/api/logout"), "Signed out.");
    if (!answer.ok) return answer;
    disconnect();
    me.value = null;
    mustSignIn.value = true;
    return answer;
  };
  return /* @__PURE__ */ a4(Frame, { title: "On duty", children: [
    /* @__PURE__ */ a4("p", { children: [
      /* @__PURE__ */ a4("b", { children: me2?.user }),
      ", ",
      me2?.role
    ] }),
    /* @__PURE__ */ a4("p", { class: "small", children: [
      site.value?.name,
      " · bartizan ",
      site.value?.version
    ] }),
    /* @__PURE__ */ a4(Form, { send: leave, verb: "Sign out", children: /* @__PURE__ */ a4($, {}) })
  ] });
}
function Credentials(props) {
  const [user, setUser] = d2("");
  const [password, setPassword] = d2("");
  const [token, setToken] = d2("");
  const send = async () => {
    const body = props.token ? { token: token.trim(), user: user.trim(), password } : { user: user.trim(), password };
    const answer = await tell(ask("POST", props.path, body), "Signed in.");
    if (answer.ok) await start();
    return answer;
  };
  const ready = user.trim() !== "" && password !== "" && (!props.token || token.trim() !== "");
  return /* @__PURE__ */ a4("div", { class: "door", children: /* @__PURE__ */ a4("main", { class: "credentials", children: [
    /* @__PURE__ */ a4("h1", { children: "bartizan" }),
    /* @__PURE__ */ a4("h2", { children: props.title }),
    props.token && /* @__PURE__ */ a4("p", { children: "The service printed a one-time token when it started for the first time." }),
    /* @__PURE__ */ a4(CredentialForm, { send, verb: props.verb, ready, children: [
      props.token && /* @__PURE__ */ a4("label", { class: "field", children: [
        "Token ",
        /* @__PURE__ */ a4("input", { value: token, onInput: of2(setToken), autocomplete: "off", required: true })
      ] }),
      /* @__PURE__ */ a4("label", { class: "field", children: [
        "User ",
        /* @__PURE__ */ a4("input", { value: user, onInput: of2(setUser), autocomplete: "username", required: true })
      ] }),
      /* @__PURE__ */ a4("label", { class: "field", children: [
        "Password",
        /* @__PURE__ */ a4(
          "input",
          {
            type: "password",
            value: password,
            onInput: of2(setPassword),
            required: true,
            autocomplete: props.token ? "new-password" : "current-password"
          }
        )
      ] })
    ] })
  ] }) });
}
function CredentialForm(props) {
  const [wrong, setWrong] = d2("");
  const submit = async (event) => {
    event.preventDefault();
    const answer = await props.send();
    setWrong(answer.ok ? "" : answer.text);
  };
  return /* @__PURE__ */ a4("form", { onSubmit: (event) => void submit(event), children: [
    props.children,
    /* @__PURE__ */ a4("p", { class: "wrong", role: "alert", children: wrong }),
    /* @__PURE__ */ a4("div", { class: "buttons", children: /* @__PURE__ */ a4("button", { type: "submit", class: "main", disabled: !props.ready, children: props.verb }) })
  ] });
}
var SignIn = () => /* @__PURE__ */ a4(Credentials, { title: "Sign in", verb: "Sign in", path: "/api/login", token: false });
var SetUp = () => /* @__PURE__ */ a4(Credentials, { title: "First start: the supervisor's account", verb: "Set up", path: "/api/setup", token: true });

// src/dialogs/said.tsx
var spaced = (word) => word.replaceAll("_", " ");
function valueOf(text) {
  const t4 = text.trim();
  if (/^(-?\d+|true|false|[{["].*)$/.test(t4)) {
    try {
      return JSON.parse(t4);
    } catch {
      return t4;
    }
  }
  return t4;
}
var textOf = (value) => typeof value === "string" ? value : JSON.stringify(value);
function SaidFields(props) {
  const { said: said2, set } = props;
  return /* @__PURE__ */ a4("div", { class: "said-fields", children: [
    /* @__PURE__ */ a4("label", { class: "field", children: [
      "Field",
      /* @__PURE__ */ a4("select", { value: said2.field, onChange: (e4) => set({ ...said2, field: e4.currentTarget.value }), "data-first": props.first, children: [.../* @__PURE__ */ new Set([said2.field, ...props.fields])].map((f5) => /* @__PURE__ */ a4("option", { value: f5, children: spaced(f5) }, f5)) })
    ] }),
    /* @__PURE__ */ a4("label", { class: "field", children: [
      "Value ",
      /* @__PURE__ */ a4("input", { value: said2.value, onInput: (e4) => set({ ...said2, value: e4.currentTarget.value }), maxLength: 200 })
    ] }),
    /* @__PURE__ */ a4("label", { class: "field", children: [
      "Incident",
      /* @__PURE__ */ a4("select", { value: said2.incident, onChange: (e4) => set({ ...said2, incident: e4.currentTarget.value }), children: [
        /* @__PURE__ */ a4("option", { value: "-", children: "none" }),
        props.incidents.map((i4) => /* @__PURE__ */ a4("option", { value: i4.id, children: [
          i4.id,
          " ",
          i4.title
        ] }, i4.id))
      ] })
    ] }),
    /* @__PURE__ */ a4("label", { class: "field", children: [
      "Why ",
      /* @__PURE__ */ a4("input", { value: said2.why, onInput: (e4) => set({ ...said2, why: e4.currentTarget.value }), maxLength: 200 })
    ] })
  ] });
}
function changesOf(said2, was) {
  const value = valueOf(said2.value);
  return {
    ...said2.field === was.field ? {} : { field: said2.field },
    ...JSON.stringify(value) === JSON.stringify(was.value) ? {} : { value },
    ...(said2.incident || "-") === (was.incident || "-") ? {} : { incident: said2.incident }
  };
}

// src/dialogs/draft.tsx
var of3 = (set) => (event) => set(event.currentTarget.value);
function Paste(props) {
  const [text, setText] = d2("");
  const [published, setPublished] = d2("");
  const [publisher, setPublisher] = d2("");
  const [draft, setDraft] = d2(null);
  const body = { text, published, publisher: publisher.trim() };
  const send = async () => {
    try {
      setDraft(await ask("POST", "/api/intake", body));
      return { ok: true, text: "Drafted." };
    } catch (error) {
      if (!(error instanceof Refused)) throw error;
      return { ok: false, text: error.message };
    }
  };
  if (draft) return /* @__PURE__ */ a4(Drafted, { draft, body, back: () => setDraft(null), done: props.back });
  return /* @__PURE__ */ a4(Frame, { title: "Paste a report", wide: true, children: [
    /* @__PURE__ */ a4("p", { children: "Its incidents and claims are drafted by rules. Nothing is recorded before you have read and kept it." }),
    /* @__PURE__ */ a4(Form, { send, verb: "Draft", ready: text.trim() !== "" && /^\d{4}-\d\d-\d\d$/.test(published), keep: true, children: [
      /* @__PURE__ */ a4("label", { class: "field", children: [
        "Text ",
        /* @__PURE__ */ a4("textarea", { rows: 10, value: text, onInput: of3(setText), "data-first": true, required: true })
      ] }),
      /* @__PURE__ */ a4("label", { class: "field", children: [
        "Published ",
        /* @__PURE__ */ a4("input", { type: "date", value: published, onInput: of3(setPublished), required: true })
      ] }),
      /* @__PURE__ */ a4("label", { class: "field", children: [
        "Publisher ",
        /* @__PURE__ */ a4("input", { value: publisher, onInput: of3(setPublisher) })
      ] })
    ] })
  ] }, "paste");
}
function DraftedClaim(props) {
  const { claim: c4, reading: r4, set, place: place2 } = props;
  return /* @__PURE__ */ a4("li", { children: [
    /* @__PURE__ */ a4("label", { children: [
      /* @__PURE__ */ a4("input", { type: "checkbox", checked: r4.kept, onChange: () => set({ ...r4, kept: !r4.kept }) }),
      " ",
      /* @__PURE__ */ a4("b", { children: c4.incident }),
      " ",
      spaced(c4.field),
      " = ",
      JSON.stringify(c4.value),
      ": “",
      c4.quote,
      "”",
      /* @__PURE__ */ a4("small", { children: [
        " ",
        c4.chain.map((x3) => x3.name).reverse().join(", told by "),
        c4.polarity !== "affirmed" ? ` · ${c4.polarity}` : ""
      ] })
    ] }),
    " ",
    r4.kept && /* @__PURE__ */ a4("button", { type: "button", "aria-expanded": r4.changing, "aria-label": `Correct claim ${place2 + 1}`, onClick: () => set({ ...r4, changing: !r4.changing }), children: "Correct" }),
    r4.kept && r4.changing && /* @__PURE__ */ a4(SaidFields, { said: r4.said, set: (said2) => set({ ...r4, said: said2 }), fields: props.fields, incidents: props.incidents }),
    !r4.kept && /* @__PURE__ */ a4("label", { class: "field", children: [
      "Why not ",
      /* @__PURE__ */ a4("input", { value: r4.whyNot, placeholder: "left out of the draft", onInput: (e4) => set({ ...r4, whyNot: e4.currentTarget.value }), maxLength: 200 })
    ] })
  ] });
}
function Drafted(props) {
  const { claims, incidents, uncovered, document: document2 } = props.draft;
  const [readings, setReadings] = d2(() => claims.map((c4) => ({
    kept: true,
    changing: false,
    whyNot: "",
    said: { field: c4.field, value: textOf(c4.value), incident: c4.incident, why: "" }
  })));
  const [into, setInto] = d2({});
  const [known] = useAsked("/api/incidents", 0);
  const keep = [...claims.keys()].filter((k4) => readings[k4]?.kept);
  const changes = {};
  const rejected = {};
  let unsaid = 0;
  readings.forEach((r4, k4) => {
    const claim = claims[k4];
    if (!claim) return;
    if (!r4.kept) rejected[k4] = r4.whyNot.trim() || "left out of the draft";
    else if (r4.changing) {
      const changed = changesOf(r4.said, claim);
      if (!Object.keys(changed).length) return;
      if (!r4.said.why.trim()) unsaid++;
      changes[k4] = { why: r4.said.why.trim(), ...changed };
    }
  });
  const send = async () => {
    const chosen2 = Object.fromEntries(Object.entries(into).filter(([, v4]) => v4));
    const body = { ...props.body, keep, into: chosen2, changes, rejected };
    const answer = await tell(ask("POST", "/api/incidents", body));
    if (answer.ok) props.done();
    return answer;
  };
  return /* @__PURE__ */ a4(Frame, { title: "The draft: keep what is right", wide: true, children: [
    document2.notes.map((n3) => /* @__PURE__ */ a4("p", { children: n3 }, n3)),
    /* @__PURE__ */ a4("p", { class: "small", children: "Correct what is read wrongly, untick what does not belong. The words of the text stay as they are; what you change stands in the audit with your name." }),
    /* @__PURE__ */ a4(Form, { send, verb: `Take in ${keep.length} of ${claims.length}`, ready: keep.length > 0 && !unsaid, keep: true, children: [
      incidents.map((i4) => /* @__PURE__ */ a4("label", { class: "field", children: [
        i4.id,
        ": ",
        i4.title,
        /* @__PURE__ */ a4("select", { value: into[i4.id] ?? "", onChange: (e4) => setInto({ ...into, [i4.id]: e4.currentTarget.value }), children: [
          /* @__PURE__ */ a4("option", { value: "", children: "a new incident" }),
          known?.incidents.map((x3) => /* @__PURE__ */ a4("option", { value: x3.id, children: [
            x3.id,
            " ",
            x3.title
          ] }, x3.id))
        ] })
      ] }, i4.id)),
      /* @__PURE__ */ a4("ul", { class: "claims", children: claims.map((c4, k4) => /* @__PURE__ */ a4(
        DraftedClaim,
        {
          place: k4,
          claim: c4,
          reading: readings[k4],
          fields: known?.fields ?? [],
          incidents,
          set: (r4) => setReadings(readings.map((old2, n3) => n3 === k4 ? r4 : old2))
        },
        k4
      )) }),
      unsaid > 0 && /* @__PURE__ */ a4("p", { class: "wrong", children: "A correction needs a reason." }),
      uncovered.length > 0 && /* @__PURE__ */ a4("h3", { children: "Left over: no claim covers it, a person has to read it" }),
      /* @__PURE__ */ a4("ul", { class: "claims", children: uncovered.map((u4) => /* @__PURE__ */ a4("li", { children: [
        "“",
        u4.quote,
        "” ",
        /* @__PURE__ */ a4("small", { children: u4.words.join(", ") })
      ] }, u4.start)) })
    ] }),
    /* @__PURE__ */ a4("div", { class: "buttons", children: /* @__PURE__ */ a4("button", { type: "button", onClick: props.back, children: "Back to the text" }) })
  ] }, "drafted");
}

// src/dialogs/incidents.tsx
var of4 = (set) => (event) => set(event.currentTarget.value);
var KINDS = ["same_incident", "same_wave", "same_campaign", "second_in_window", "anniversary", "responds_to"];
function IncidentRecord(props) {
  const [shown2, setShown] = d2(props.open ?? "");
  const [pasting, setPasting] = d2(false);
  if (pasting) return /* @__PURE__ */ a4(Paste, { back: () => setPasting(false) });
  if (shown2) return /* @__PURE__ */ a4(One, { name: shown2, go: setShown });
  return /* @__PURE__ */ a4(List, { open: setShown, paste: () => setPasting(true) });
}
function List(props) {
  const [again2, setAgain] = d2(0);
  const [found, wrong] = useAsked("/api/incidents", again2);
  const may = mayAct.value;
  const openAlarms = async () => {
    await tell(ask("POST", "/api/incidents/open", {}));
    setAgain(again2 + 1);
  };
  const rows = found?.incidents ?? [];
  return /* @__PURE__ */ a4(Frame, { title: "Incidents", wide: true, children: [
    rows.length > 0 && /* @__PURE__ */ a4("table", { class: "record", children: [
      /* @__PURE__ */ a4("thead", { children: /* @__PURE__ */ a4("tr", { children: [
        /* @__PURE__ */ a4("th", { children: "No" }),
        /* @__PURE__ */ a4("th", { children: "Day" }),
        /* @__PURE__ */ a4("th", { children: "Site" }),
        /* @__PURE__ */ a4("th", { children: "What" })
      ] }) }),
      /* @__PURE__ */ a4("tbody", { children: rows.map((i4) => /* @__PURE__ */ a4("tr", { children: [
        /* @__PURE__ */ a4("td", { children: /* @__PURE__ */ a4("button", { type: "button", onClick: () => props.open(i4.id), children: i4.id }) }),
        /* @__PURE__ */ a4("td", { children: i4.date || "not known" }),
        /* @__PURE__ */ a4("td", { children: i4.site ?? "" }),
        /* @__PURE__ */ a4("td", { children: i4.title })
      ] }, i4.id)) })
    ] }),
    found && !rows.length && /* @__PURE__ */ a4("p", { children: "No incident is recorded yet. Open one from an alarm, or paste a report." }),
    rows.length > 0 && /* @__PURE__ */ a4("p", { class: "small", children: [
      "Export:",
      " ",
      found?.formats.map((f5) => /* @__PURE__ */ a4("a", { href: `/api/export/${f5}`, download: true, children: f5 }, f5))
    ] }),
    /* @__PURE__ */ a4("p", { class: "wrong", role: "alert", children: wrong }),
    /* @__PURE__ */ a4("div", { class: "buttons", children: [
      /* @__PURE__ */ a4("button", { type: "button", disabled: !may, onClick: () => void openAlarms(), children: "Open from the alarms" }),
      /* @__PURE__ */ a4("button", { type: "button", disabled: !may, onClick: props.paste, children: "Paste a report" }),
      /* @__PURE__ */ a4("button", { type: "button", class: "main", "data-first": true, onClick: close, children: "Close" })
    ] })
  ] }, "list");
}
function One(props) {
  const [again2, setAgain] = d2(0);
  const [told, wrong] = useAsked(`/api/incidents/${props.name}`, again2);
  const [claim, setClaim] = d2("");
  const [change, setChange] = d2(null);
  const [turned, setTurned] = d2("");
  const [linking, setLinking] = d2(false);
  const redo = () => {
    setClaim("");
    setChange(null);
    setTurned("");
    setLinking(false);
    setAgain(again2 + 1);
  };
  if (claim) return /* @__PURE__ */ a4(Confirm, { claim, done: redo });
  if (change) return /* @__PURE__ */ a4(Correct, { claim: change, incident: props.name, done: redo });
  if (turned) return /* @__PURE__ */ a4(Reject, { claim: turned, done: redo });
  if (linking) return /* @__PURE__ */ a4(Link, { name: props.name, done: redo });
  return /* @__PURE__ */ a4(Frame, { title: `${props.name} ${told?.incident.title ?? ""}`, wide: true, children: [
    told && /* @__PURE__ */ a4($, { children: [
      told.exercise && /* @__PURE__ */ a4("p", { children: [
        /* @__PURE__ */ a4("span", { class: "mark", children: "EXERCISE" }),
        " Part of the evidence is simulated."
      ] }),
      /* @__PURE__ */ a4("h3", { children: "How each value stands" }),
      /* @__PURE__ */ a4("table", { class: "record", children: /* @__PURE__ */ a4("tbody", { children: told.standings.map((s4) => /* @__PURE__ */ a4("tr", { title: s4.why, children: [
        /* @__PURE__ */ a4("th", { children: s4.name }),
        /* @__PURE__ */ a4("td", { children: s4.value }),
        /* @__PURE__ */ a4("td", { children: s4.status }),
        /* @__PURE__ */ a4("td", { children: s4.claims.join(" ") })
      ] }, `${s4.field}${s4.value}`)) }) }),
      told.contradictions.map((c4) => /* @__PURE__ */ a4("p", { class: "wrong", children: [
        "Contradiction, ",
        c4.field,
        ": ",
        c4.values.map(([v4, ids]) => `${v4} (${ids.join(", ")})`).join(" / "),
        ": ",
        c4.decided || "nobody has decided"
      ] }, c4.field)),
      /* @__PURE__ */ a4("h3", { children: "Claims" }),
      /* @__PURE__ */ a4("ul", { class: "claims", tabIndex: 0, "aria-label": "Claims", children: told.claims.map((c4) => /* @__PURE__ */ a4("li", { children: [
        /* @__PURE__ */ a4("b", { children: c4.id }),
        " ",
        spaced(c4.field),
        " = ",
        c4.polarity === "denied" ? "not " : "",
        c4.value,
        ": “",
        c4.quote,
        "”",
        /* @__PURE__ */ a4("small", { children: [
          " ",
          c4.said_by,
          c4.sensors ? ` · sensors: ${c4.sensors} (${c4.sensors_why})` : "",
          c4.confirmed_by ? ` · confirmed by ${c4.confirmed_by}` : "",
          c4.corrected.map((x3) => ` · corrected by ${x3}`)
        ] }),
        " ",
        !c4.confirmed_by && mayAct.value && /* @__PURE__ */ a4($, { children: [
          /* @__PURE__ */ a4("button", { type: "button", "aria-label": `Correct ${c4.id}`, onClick: () => setChange(c4), children: "Correct" }),
          " ",
          /* @__PURE__ */ a4("button", { type: "button", "aria-label": `Reject ${c4.id}`, onClick: () => setTurned(c4.id), children: "Reject" }),
          " "
        ] }),
        !c4.confirmed_by && isSupervisor.value && /* @__PURE__ */ a4("button", { type: "button", onClick: () => setClaim(c4.id), children: "Confirm" })
      ] }, c4.id)) }),
      told.rejected.length > 0 && /* @__PURE__ */ a4("h3", { children: "Rejected" }),
      /* @__PURE__ */ a4("ul", { class: "claims", children: told.rejected.map((c4) => /* @__PURE__ */ a4("li", { children: [
        /* @__PURE__ */ a4("b", { children: c4.id }),
        " ",
        /* @__PURE__ */ a4("s", { children: [
          spaced(c4.field),
          " = ",
          c4.value
        ] }),
        ": “",
        c4.quote,
        "” ",
        /* @__PURE__ */ a4("small", { children: c4.why })
      ] }, c4.id)) }),
      told.evidence.length > 0 && /* @__PURE__ */ a4($, { children: [
        /* @__PURE__ */ a4("h3", { children: "Evidence" }),
        /* @__PURE__ */ a4("p", { class: "small", children: told.evidence.map((e4) => `${e4.id} ${e4.kind}: ${e4.what}`).join(" · ") })
      ] }),
      told.likenesses.length > 0 && /* @__PURE__ */ a4("h3", { children: "May belong with" }),
      /* @__PURE__ */ a4("ul", { class: "claims", children: [
        told.likenesses.map((x3) => /* @__PURE__ */ a4("li", { title: x3.reasons.join("; "), children: [
          /* @__PURE__ */ a4("button", { type: "button", onClick: () => props.go(x3.b), children: x3.b }),
          " ",
          spaced(x3.kind),
          " ",
          x3.p.toFixed(2),
          ": ",
          x3.title
        ] }, `${x3.b}${x3.kind}`)),
        told.links.map((x3) => /* @__PURE__ */ a4("li", { children: [
          x3.id,
          ": ",
          x3.a,
          " ",
          spaced(x3.kind),
          " ",
          x3.b
        ] }, x3.id))
      ] }),
      /* @__PURE__ */ a4("details", { children: [
        /* @__PURE__ */ a4("summary", { children: "Draft statement" }),
        /* @__PURE__ */ a4("pre", { children: told.statement })
      ] })
    ] }),
    /* @__PURE__ */ a4("p", { class: "wrong", role: "alert", children: wrong }),
    /* @__PURE__ */ a4("div", { class: "buttons", children: [
      /* @__PURE__ */ a4("a", { href: `/api/incidents/${props.name}/report`, target: "_blank", rel: "noopener", children: "Report" }),
      /* @__PURE__ */ a4("button", { type: "button", disabled: !mayAct.value, onClick: () => setLinking(true), children: "Link" }),
      /* @__PURE__ */ a4("button", { type: "button", class: "main", "data-first": true, onClick: () => props.go(""), children: "Back" })
    ] })
  ] }, props.name);
}
function Correct(props) {
  const { claim, incident } = props;
  const was = { field: claim.field, value: claim.raw, incident };
  const [said2, setSaid] = d2({ field: claim.field, value: textOf(claim.raw), incident, why: "" });
  const [known] = useAsked("/api/incidents", 0);
  const changed = changesOf(said2, was);
  const send = async () => {
    const answer = await tell(ask("POST", "/api/incidents/correct", { claim: claim.id, why: said2.why.trim(), ...changed }));
    if (answer.ok) props.done();
    return answer;
  };
  return /* @__PURE__ */ a4(Frame, { title: `Correct ${claim.id}`, children: [
    /* @__PURE__ */ a4("p", { children: [
      "“",
      claim.quote,
      "” stays as it stands; what it is taken to say is put right, under your name."
    ] }),
    /* @__PURE__ */ a4(Form, { send, verb: "Correct", ready: said2.why.trim() !== "" && Object.keys(changed).length > 0, keep: true, children: /* @__PURE__ */ a4(SaidFields, { said: said2, set: setSaid, fields: known?.fields ?? [], incidents: known?.incidents ?? [], first: true }) })
  ] }, "correct");
}
function Reject(props) {
  const [why, setWhy] = d2("");
  const send = async () => {
    const answer = await tell(ask("POST", "/api/incidents/reject", { claim: props.claim, why: why.trim() }));
    if (answer.ok) props.done();
    return answer;
  };
  return /* @__PURE__ */ a4(Frame, { title: `Reject ${props.claim}`, children: [
    /* @__PURE__ */ a4("p", { children: "It stays in the audit with your name, and is a basis of nothing." }),
    /* @__PURE__ */ a4(Form, { send, verb: "Reject", ready: why.trim() !== "", keep: true, children: /* @__PURE__ */ a4("label", { class: "field", children: [
      "Why ",
      /* @__PURE__ */ a4("input", { value: why, onInput: of4(setWhy), "data-first": true, required: true })
    ] }) })
  ] }, "reject");
}
function Confirm(props) {
  const [why, setWhy] = d2("");
  const [evidence, setEvidence] = d2("");
  const send = async () => {
    const answer = await tell(ask("POST", "/api/incidents/confirm", { claim: props.claim, why, evidence: evidence.trim() }));
    if (answer.ok) props.done();
    return answer;
  };
  return /* @__PURE__ */ a4(Frame, { title: `Confirm ${props.claim}`, children: [
    /* @__PURE__ */ a4("p", { children: [
      "You say that what ",
      props.claim,
      " says is so. It stands under your name."
    ] }),
    /* @__PURE__ */ a4(Form, { send, verb: "Confirm", ready: why.trim() !== "", keep: true, children: [
      /* @__PURE__ */ a4("label", { class: "field", children: [
        "Why ",
        /* @__PURE__ */ a4("input", { value: why, onInput: of4(setWhy), "data-first": true, required: true })
      ] }),
      /* @__PURE__ */ a4("label", { class: "field", children: [
        "Evidence ",
        /* @__PURE__ */ a4("input", { value: evidence, onInput: of4(setEvidence), placeholder: "E1, where one source alone says it" })
      ] })
    ] })
  ] }, "confirm");
}
function Link(props) {
  const [b3, setB] = d2("");
  const [kind, setKind] = d2("same_campaign");
  const [why, setWhy] = d2("");
  const send = async () => {
    const answer = await tell(ask("POST", "/api/incidents/link", { a: props.name, b: b3.trim(), kind, why }));
    if (answer.ok) props.done();
    return answer;
  };
  return /* @__PURE__ */ a4(Frame, { title: `Link ${props.name}`, children: /* @__PURE__ */ a4(Form, { send, verb: "Link", ready: b3.trim() !== "" && why.trim() !== "", keep: true, children: [
    /* @__PURE__ */ a4("label", { class: "field", children: [
      "With ",
      /* @__PURE__ */ a4("input", { value: b3, onInput: of4(setB), placeholder: "I2", "data-first": true, required: true })
    ] }),
    /* @__PURE__ */ a4("label", { class: "field", children: [
      "How",
      /* @__PURE__ */ a4("select", { value: kind, onChange: of4(setKind), children: KINDS.map((k4) => /* @__PURE__ */ a4("option", { value: k4, children: spaced(k4) }, k4)) })
    ] }),
    /* @__PURE__ */ a4("label", { class: "field", children: [
      "Why ",
      /* @__PURE__ */ a4("input", { value: why, onInput: of4(setWhy), required: true })
    ] })
  ] }) }, "link");
}

// src/dialogs/sensors.tsx
var signed = (x3) => x3 < 0 ? `−${Math.abs(x3)}` : `+${x3}`;
function Parts({ sensor }) {
  return /* @__PURE__ */ a4("table", { class: "record", children: [
    /* @__PURE__ */ a4("thead", { children: /* @__PURE__ */ a4("tr", { children: [
      /* @__PURE__ */ a4("th", { children: sensor.name }),
      /* @__PURE__ */ a4("th", { children: "off by" }),
      /* @__PURE__ */ a4("th", { children: "1 sigma" }),
      /* @__PURE__ */ a4("th", { children: "taken off already" })
    ] }) }),
    /* @__PURE__ */ a4("tbody", { children: sensor.parts.map((p5) => /* @__PURE__ */ a4("tr", { children: [
      /* @__PURE__ */ a4("th", { children: [
        p5.what,
        " [",
        p5.unit,
        "]"
      ] }),
      /* @__PURE__ */ a4("td", { children: [
        p5.sd === null ? "not known" : signed(p5.bias),
        " ",
        p5.significant && /* @__PURE__ */ a4("b", { children: "offered" })
      ] }),
      /* @__PURE__ */ a4("td", { children: p5.sd ?? "" }),
      /* @__PURE__ */ a4("td", { children: p5.by_feed ? "a setting of its feed" : p5.accepted ? signed(p5.accepted) : "nothing" })
    ] }, p5.what)) })
  ] });
}
function Offer({ sensor, done }) {
  const [why, setWhy] = d2("");
  const send = async () => {
    const answer = await act({ verb: "register", subject: sensor.row, why: why.trim() });
    done();
    return answer;
  };
  return /* @__PURE__ */ a4(Form, { send, verb: `Accept for ${sensor.name}`, ready: isSupervisor.value && why.trim() !== "", keep: true, children: [
    /* @__PURE__ */ a4("p", { children: [
      "Comparisons with other sensors: ",
      sensor.compared,
      ". In the middle they are off by ",
      /* @__PURE__ */ a4("b", { children: sensor.before ?? "?" }),
      " sigma as it is, by ",
      /* @__PURE__ */ a4("b", { children: sensor.after ?? "?" }),
      " with it taken off."
    ] }),
    sensor.asked_by && /* @__PURE__ */ a4("p", { role: "status", children: [
      /* @__PURE__ */ a4("b", { children: sensor.asked_by }),
      " has accepted it; a second person has to do so too."
    ] }),
    /* @__PURE__ */ a4("label", { class: "field", children: [
      "Why ",
      /* @__PURE__ */ a4("input", { value: why, onInput: (e4) => setWhy(e4.currentTarget.value), maxLength: 200 })
    ] })
  ] });
}
function Sensors() {
  const [again2, setAgain] = d2(0);
  const [found, wrong] = useAsked("/api/registration", again2);
  const offered = found?.sensors.filter((s4) => s4.offered) ?? [];
  const others = found?.sensors.filter((s4) => !s4.offered && s4.compared > 0) ?? [];
  return /* @__PURE__ */ a4(Frame, { title: "Sensors: what they are off by", wide: true, children: [
    /* @__PURE__ */ a4("p", { children: "Where sensors see the same tracks their measurements are compared. A bias is only offered: it is taken off from then on when two supervisors accept it, and that cannot be undone." }),
    found && !offered.length && /* @__PURE__ */ a4("p", { role: "status", children: "Nothing is offered: no sensor is off by more than five sigma." }),
    offered.map((s4) => /* @__PURE__ */ a4("section", { children: [
      /* @__PURE__ */ a4(Parts, { sensor: s4 }),
      /* @__PURE__ */ a4(Offer, { sensor: s4, done: () => setAgain(again2 + 1) })
    ] }, s4.row)),
    others.map((s4) => /* @__PURE__ */ a4("section", { children: [
      /* @__PURE__ */ a4(Parts, { sensor: s4 }),
      s4.jumped && /* @__PURE__ */ a4("p", { class: "wrong", children: "It no longer agrees with the others: it may have moved or turned." })
    ] }, s4.row)),
    /* @__PURE__ */ a4("p", { class: "wrong", role: "alert", children: wrong }),
    /* @__PURE__ */ a4("div", { class: "buttons", children: [
      /* @__PURE__ */ a4("button", { type: "button", onClick: () => setAgain(again2 + 1), children: "Ask again" }),
      /* @__PURE__ */ a4("button", { type: "button", class: "main", "data-first": true, onClick: close, children: "Close" })
    ] })
  ] });
}

// src/colours.ts
var dark = {
  ground: "#18242c",
  grid: "#22323c",
  text: "#e8eef3",
  dim: "#9fb0bd",
  halo: "#0b1118",
  wall: "#f2f5f7",
  zone: "#d9a8ff",
  people: "#ff9bb0",
  corridor: "#7cc7ff",
  ring: "#e0b04a",
  sensor: "#62d6b4",
  lost: "#ffb84d",
  cover: [70, 190, 165],
  edge: "#4bbf9f",
  hatch: "#7a8a96",
  select: "#ffffff",
  mark: "#ffd75e",
  base: {
    land: "#1c2b30",
    apron: "#2b3640",
    water: "#173a52",
    building: "#36424c",
    river: "#2d6184",
    lake: "#2d6184",
    coast: "#4a7d9c",
    rail: "#4d565e",
    runway: "#5d6a76",
    road: "#46545f",
    highway: "#6b7b88",
    border: "#6d5f86"
  },
  identity: {
    pending: "#e8c547",
    unknown: "#f4dd6b",
    "assumed friend": "#7cc7ff",
    friend: "#4db5ff",
    neutral: "#5fd69a",
    suspect: "#ffa347",
    hostile: "#ff6b74"
  }
};
var day = {
  ground: "#e9eeea",
  grid: "#d3dcd6",
  text: "#14202a",
  dim: "#41535f",
  halo: "#ffffff",
  wall: "#14202a",
  zone: "#6a2fa0",
  people: "#a3123f",
  corridor: "#0b5c99",
  ring: "#7a5600",
  sensor: "#006a52",
  lost: "#8f4d00",
  cover: [0, 120, 95],
  edge: "#00775c",
  hatch: "#74808a",
  select: "#000000",
  mark: "#7a5600",
  base: {
    land: "#dfe9dc",
    apron: "#d3d6da",
    water: "#bcd8ec",
    building: "#c9c4bd",
    river: "#84b3d4",
    lake: "#84b3d4",
    coast: "#5b93ba",
    rail: "#a3a3a3",
    runway: "#aab0b6",
    road: "#c2bfb6",
    highway: "#b29c78",
    border: "#a58bc4"
  },
  identity: {
    pending: "#6f5600",
    unknown: "#6f5600",
    "assumed friend": "#0b5c99",
    friend: "#0b5c99",
    neutral: "#006a3a",
    suspect: "#984500",
    hostile: "#b3101f"
  }
};
var palette = (theme2) => theme2 === "dark" ? dark : day;

// src/map/air.ts
var SYMBOL = 38;
var LEADER_S = 15;
var MOST_LABELS = 60;
var isGull = (t4) => plain(t4.cls) === "bird" && t4.identity !== "hostile" && t4.identity !== "suspect";
function drawn2(input) {
  if (input.show.birds) return [...input.ranked];
  return input.ranked.filter((t4) => !isGull(t4) || t4.label === input.selected || input.alarmed.has(t4.label));
}
var speed = (t4) => {
  const a5 = t4.course_deg * Math.PI / 180;
  return [t4.speed_mps * Math.sin(a5), t4.speed_mps * Math.cos(a5)];
};
function dots(ctx, v4, tracks, input) {
  ctx.globalAlpha = 0.7;
  for (const identity of IDENTITIES) {
    ctx.fillStyle = input.colours.identity[identity];
    for (const t4 of tracks) {
      if (t4.identity !== identity) continue;
      for (const [e4, n3] of t4.history) {
        const [x3, y5] = project(v4, e4, n3, v4.tilted ? t4.agl_m : 0);
        ctx.fillRect(x3 - 1, y5 - 1, 2, 2);
      }
    }
  }
  ctx.globalAlpha = 1;
}
function ellipses(ctx, v4, tracks, input) {
  ctx.lineWidth = 1.2;
  const paths = /* @__PURE__ */ new Map();
  for (const t4 of tracks) {
    const [major, minor, bearing_deg] = t4.ellipse;
    if (major * v4.scale < 8 && !(t4.coasting && major * v4.scale > 4)) continue;
    const key = `${t4.coasting ? "c" : "s"}${t4.identity}`;
    let path2 = paths.get(key);
    if (!path2) paths.set(key, path2 = new Path2D());
    const [x3, y5] = project(v4, t4.e, t4.n, v4.tilted ? t4.agl_m : 0);
    const turn = (bearing_deg - 90) * Math.PI / 180;
    const [a5, b3] = [major * v4.scale, Math.max(1, minor * v4.scale)];
    if (v4.tilted) {
      const one = new Path2D();
      one.ellipse(0, 0, a5, b3, turn, 0, 2 * Math.PI);
      path2.addPath(one, new DOMMatrix([1, 0, 0, squash(v4), x3, y5]));
    } else {
      path2.moveTo(x3 + a5 * Math.cos(turn), y5 + a5 * Math.sin(turn));
      path2.ellipse(x3, y5, a5, b3, turn, 0, 2 * Math.PI);
    }
  }
  for (const [key, path2] of paths) {
    ctx.setLineDash(key.startsWith("c") ? [5, 4] : []);
    ctx.strokeStyle = input.colours.identity[key.slice(1)];
    ctx.stroke(path2);
  }
  ctx.setLineDash([]);
}
function leaders(ctx, v4, tracks, input) {
  ctx.lineWidth = 1.5;
  for (const coasting of [false, true]) {
    ctx.setLineDash(coasting ? [4, 4] : []);
    for (const identity of IDENTITIES) {
      ctx.beginPath();
      for (const t4 of tracks) {
        if (t4.identity !== identity || t4.coasting !== coasting || t4.speed_mps < 1) continue;
        const up = v4.tilted ? t4.agl_m : 0;
        const [ve, vn] = speed(t4);
        ctx.moveTo(...project(v4, t4.e, t4.n, up));
        ctx.lineTo(...project(v4, t4.e + ve * LEADER_S, t4.n + vn * LEADER_S, up));
      }
      ctx.strokeStyle = input.colours.identity[identity];
      ctx.stroke();
    }
  }
  ctx.setLineDash([]);
}
function toWall(ctx, v4, t4, input, words) {
  if (t4.t_wall_s === null || t4.t_wall_s <= 0 || t4.t_wall_s > 600) return;
  const [ve, vn] = speed(t4);
  const length = Math.hypot(ve, vn) || 1;
  const colour = input.colours.identity[t4.identity];
  const at = (s4) => project(v4, t4.e + ve * s4, t4.n + vn * s4);
  ctx.strokeStyle = colour;
  ctx.lineWidth = 1;
  ctx.setLineDash([3, 4]);
  ctx.beginPath();
  ctx.moveTo(...at(0));
  ctx.lineTo(...at(t4.t_wall_s));
  ctx.stroke();
  ctx.setLineDash([]);
  ctx.lineWidth = 2;
  ctx.font = "600 11px system-ui, sans-serif";
  const every = t4.t_wall_s > 240 ? 60 : t4.t_wall_s > 90 ? 30 : 15;
  const tick = (s4, half) => {
    const [x4, y6] = at(s4);
    const [nx, ny] = [vn / length * half, ve / length * half * squash(v4)];
    ctx.beginPath();
    ctx.moveTo(x4 - nx, y6 - ny);
    ctx.lineTo(x4 + nx, y6 + ny);
    ctx.stroke();
  };
  for (let s4 = every; s4 < t4.t_wall_s - every / 3; s4 += every) {
    tick(s4, 5);
    if (words && every * length * v4.scale > 34) {
      const [x4, y6] = at(s4);
      write(ctx, `${s4} s`, x4 + vn / length * 9, y6 + ve / length * 9 + 6, colour, input.colours.halo);
    }
  }
  tick(t4.t_wall_s, 8);
  if (!words) return;
  const [x3, y5] = at(t4.t_wall_s);
  const doubt = t4.t_wall_sd_s > 1.5 ? ` ±${Math.round(t4.t_wall_sd_s)} s` : "";
  write(ctx, `wall ${countdown(t4.t_wall_s)}${doubt}`, x3 + 10, y5 + 12, colour, input.colours.halo);
}
function gull(ctx, x3, y5, colour) {
  ctx.strokeStyle = colour;
  ctx.lineWidth = 1.6;
  ctx.beginPath();
  ctx.moveTo(x3 - 7, y5 - 1);
  ctx.quadraticCurveTo(x3 - 3, y5 - 6, x3, y5);
  ctx.quadraticCurveTo(x3 + 3, y5 - 6, x3 + 7, y5 - 1);
  ctx.stroke();
}
function stalks(ctx, v4, tracks, input) {
  ctx.strokeStyle = input.colours.dim;
  ctx.lineWidth = 1;
  ctx.globalAlpha = 0.8;
  ctx.beginPath();
  for (const t4 of tracks) {
    const [x3, y5] = project(v4, t4.e, t4.n);
    ctx.moveTo(x3 - 3, y5);
    ctx.lineTo(x3 + 3, y5);
    ctx.moveTo(x3, y5);
    ctx.lineTo(...project(v4, t4.e, t4.n, t4.agl_m));
  }
  ctx.stroke();
  ctx.globalAlpha = 1;
}
var clash = (a5, b3) => a5.x < b3.x + b3.w && b3.x < a5.x + a5.w && a5.y < b3.y + b3.h && b3.y < a5.y + a5.h;
function labels(ctx, v4, tracks, input) {
  const inside = tracks.filter((t4) => {
    const [x3, y5] = project(v4, t4.e, t4.n, v4.tilted ? t4.agl_m : 0);
    return x3 > -20 && y5 > -20 && x3 < v4.width + 20 && y5 < v4.height + 20;
  });
  const must = (t4) => t4.label === input.selected || input.alarmed.has(t4.label);
  const wanted2 = inside.filter((t4) => must(t4) || !isGull(t4)).slice(0, MOST_LABELS);
  wanted2.sort((a5, b3) => Number(must(b3)) - Number(must(a5)));
  const taken = wanted2.map((t4) => {
    const [x3, y5] = project(v4, t4.e, t4.n, v4.tilted ? t4.agl_m : 0);
    return { x: x3 - 12, y: y5 - 13, w: 24, h: 26 };
  });
  wanted2.forEach((t4, own2) => {
    const [x3, y5] = project(v4, t4.e, t4.n, v4.tilted ? t4.agl_m : 0);
    const name = called(t4) + (t4.coasting ? `  COAST ${age(t4.age_s)}` : "");
    const detail = `${Math.round(t4.agl_m)} m ${climb(t4.climb_mps)} ${Math.round(t4.speed_mps)} m/s`;
    ctx.font = "700 12px system-ui, sans-serif";
    const wide = ctx.measureText(name).width;
    ctx.font = "11px system-ui, sans-serif";
    const w5 = Math.max(wide, ctx.measureText(detail).width) + 8;
    const h5 = 30;
    const places = [
      [18, -h5 / 2],
      [-18 - w5, -h5 / 2],
      [14, -h5 - 8],
      [14, 10],
      [-14 - w5, -h5 - 8],
      [-14 - w5, 10],
      [-w5 / 2, -h5 - 16],
      [-w5 / 2, 17]
    ];
    const fits = places.map(([dx, dy]) => ({ x: x3 + dx, y: y5 + dy, w: w5, h: h5 })).filter((b3) => b3.x > 0 && b3.y > 0 && b3.x + b3.w < v4.width && b3.y + b3.h < v4.height);
    const free = fits.find((b3) => !taken.some((o5, i4) => i4 !== own2 && clash(b3, o5)));
    const box = free ?? (must(t4) ? fits[0] ?? { x: x3 + 18, y: y5 - h5 / 2, w: w5, h: h5 } : void 0);
    if (!box) return;
    taken.push(box);
    plate(ctx, t4, box, name, detail, input);
  });
}
function plate(ctx, t4, box, name, detail, input) {
  const colour = input.colours.identity[t4.identity];
  if (input.alarmed.has(t4.label)) {
    ctx.fillStyle = input.colours.halo;
    ctx.globalAlpha = 0.82;
    ctx.fillRect(box.x, box.y, box.w, box.h);
    ctx.globalAlpha = 1;
    ctx.fillStyle = colour;
    ctx.fillRect(box.x, box.y, 3, box.h);
  }
  ctx.font = "700 12px system-ui, sans-serif";
  write(ctx, name, box.x + 5, box.y + 8, colour, input.colours.halo);
  ctx.font = "11px system-ui, sans-serif";
  write(ctx, detail, box.x + 5, box.y + 22, input.colours.text, input.colours.halo);
}
function bracket(ctx, x3, y5, colour) {
  const [r4, l4] = [20, 7];
  ctx.strokeStyle = colour;
  ctx.lineWidth = 2.5;
  ctx.beginPath();
  for (const [sx, sy] of [[-1, -1], [1, -1], [1, 1], [-1, 1]]) {
    ctx.moveTo(x3 + sx * r4, y5 + sy * (r4 - l4));
    ctx.lineTo(x3 + sx * r4, y5 + sy * r4);
    ctx.lineTo(x3 + sx * (r4 - l4), y5 + sy * r4);
  }
  ctx.stroke();
}
function edgeArrows(ctx, v4, tracks, input) {
  for (const t4 of tracks) {
    if (!input.alarmed.has(t4.label) && t4.label !== input.selected) continue;
    const [x3, y5] = project(v4, t4.e, t4.n, v4.tilted ? t4.agl_m : 0);
    if (x3 > 0 && y5 > 0 && x3 < v4.width && y5 < v4.height) continue;
    const a5 = Math.atan2(y5 - v4.height / 2, x3 - v4.width / 2);
    const k4 = Math.min((v4.width / 2 - 14) / Math.abs(Math.cos(a5)), (v4.height / 2 - 14) / Math.abs(Math.sin(a5)));
    const [ex, ey] = [v4.width / 2 + k4 * Math.cos(a5), v4.height / 2 + k4 * Math.sin(a5)];
    ctx.save();
    ctx.translate(ex, ey);
    ctx.rotate(a5);
    ctx.fillStyle = input.colours.identity[t4.identity];
    ctx.strokeStyle = input.colours.select;
    ctx.lineWidth = 1.5;
    ctx.beginPath();
    ctx.moveTo(11, 0);
    ctx.lineTo(-7, -9);
    ctx.lineTo(-7, 9);
    ctx.closePath();
    ctx.fill();
    ctx.stroke();
    ctx.restore();
    ctx.font = "700 12px system-ui, sans-serif";
    const right = ex > v4.width / 2;
    write(
      ctx,
      `${called(t4)} ${distance(Math.hypot(t4.e, t4.n))}`,
      ex + (right ? -16 : 16),
      ey,
      input.colours.identity[t4.identity],
      input.colours.halo,
      right ? "right" : "left"
    );
  }
}
function drawAir(ctx, v4, input) {
  ctx.clearRect(0, 0, v4.width, v4.height);
  ctx.globalAlpha = 1;
  const tracks = drawn2(input);
  if (v4.tilted) stalks(ctx, v4, tracks, input);
  if (input.show.dots) dots(ctx, v4, tracks, input);
  if (input.show.ellipses) ellipses(ctx, v4, tracks, input);
  leaders(ctx, v4, tracks, input);
  for (const t4 of tracks) {
    const told = t4.label === input.selected || input.alarmed.has(t4.label);
    if (told && t4.closing) toWall(ctx, v4, t4, input, t4.label === input.selected);
  }
  for (let i4 = tracks.length - 1; i4 >= 0; i4--) {
    const t4 = tracks[i4];
    if (!t4) continue;
    const [x3, y5] = project(v4, t4.e, t4.n, v4.tilted ? t4.agl_m : 0);
    if (x3 < -30 || y5 < -30 || x3 > v4.width + 30 || y5 > v4.height + 30) continue;
    ctx.globalAlpha = t4.coasting ? 0.6 : 1;
    if (isGull(t4)) gull(ctx, x3, y5, input.colours.identity[t4.identity]);
    else draw(ctx, t4.identity, t4.cls, x3, y5, SYMBOL);
    ctx.globalAlpha = 1;
    if (t4.label === input.selected) bracket(ctx, x3, y5, input.colours.select);
  }
  edgeArrows(ctx, v4, tracks, input);
  if (input.show.labels) labels(ctx, v4, tracks, input);
}
function pick(v4, tracks, x3, y5) {
  let best = null;
  let nearest = 22;
  for (const t4 of tracks) {
    const [tx, ty] = project(v4, t4.e, t4.n, v4.tilted ? t4.agl_m : 0);
    const d5 = Math.hypot(tx - x3, ty - y5);
    if (d5 < nearest) [best, nearest] = [t4, d5];
  }
  return best;
}

// src/map/over.ts
function watermark(ctx, v4, text, colour) {
  ctx.save();
  ctx.fillStyle = colour;
  ctx.globalAlpha = 0.1;
  ctx.font = "800 44px system-ui, sans-serif";
  ctx.textAlign = "center";
  ctx.textBaseline = "middle";
  ctx.rotate(-0.3);
  const wide = ctx.measureText(text).width + 90;
  const reach = Math.hypot(v4.width, v4.height);
  for (let y5 = 0, row = 0; y5 < reach * 1.3; y5 += 150, row++)
    for (let x3 = -reach * 0.4 + row % 2 * (wide / 2); x3 < reach; x3 += wide) ctx.fillText(text, x3, y5);
  ctx.restore();
}
function groundAt(t4, e4, n3) {
  if (!t4) return null;
  const c4 = Math.floor((e4 - t4.e0) / t4.cell_m);
  const r4 = Math.floor((n3 - t4.n0) / t4.cell_m);
  if (c4 < 0 || r4 < 0 || c4 >= t4.cols || r4 >= t4.rows) return null;
  return t4.up_m[r4 * t4.cols + c4] ?? null;
}
function drawOver(ctx, v4, input) {
  ctx.clearRect(0, 0, v4.width, v4.height);
  if (input.mark) watermark(ctx, v4, input.mark, input.colours.mark);
  const { colours } = input;
  const bar = round125(140 / v4.scale);
  const x0 = 16;
  const y0 = v4.height - 16;
  ctx.strokeStyle = colours.text;
  ctx.lineWidth = 1.5;
  ctx.beginPath();
  ctx.moveTo(x0, y0 - 5);
  ctx.lineTo(x0, y0);
  ctx.lineTo(x0 + bar * v4.scale, y0);
  ctx.lineTo(x0 + bar * v4.scale, y0 - 5);
  ctx.stroke();
  ctx.font = "11px system-ui, sans-serif";
  write(ctx, distance(bar).replace(/\.0+ km/, " km"), x0 + bar * v4.scale / 2, y0 - 9, colours.text, colours.halo, "center");
  const ax = x0 + bar * v4.scale + 26;
  ctx.beginPath();
  ctx.moveTo(ax, y0);
  ctx.lineTo(ax, y0 - 20);
  ctx.moveTo(ax - 5, y0 - 13);
  ctx.lineTo(ax, y0 - 20);
  ctx.lineTo(ax + 5, y0 - 13);
  ctx.stroke();
  ctx.font = "600 12px system-ui, sans-serif";
  write(ctx, "N", ax + 8, y0 - 12, colours.text, colours.halo);
  let text = input.site.schematic ? "Schematic site" : "";
  if (input.cursor) {
    const [e4, n3] = unproject(v4, ...input.cursor);
    const up = groundAt(input.terrain, e4, n3);
    text = `${degrees(bearing(e4, n3))} ${distance(Math.hypot(e4, n3))}${up === null ? "" : ` · ground ${Math.round(up)} m`}`;
  }
  ctx.font = "11px system-ui, sans-serif";
  write(ctx, text, v4.width - 14, v4.height - 14, colours.dim, colours.halo, "right");
}

// src/map/map.tsx
var frames = [];
globalThis.bartizan = { frames, timeOrigin_ms: performance.timeOrigin };
var MOST_FRAMES = 2e3;
var cursor = y3(null);
var NAMES = ["ground", "works", "air", "over"];
function sized(canvas, width, height) {
  const [w5, h5] = [Math.round(width * devicePixelRatio), Math.round(height * devicePixelRatio)];
  if (canvas.width !== w5 || canvas.height !== h5) [canvas.width, canvas.height] = [w5, h5];
  const ctx = canvas.getContext("2d");
  ctx?.setTransform(devicePixelRatio, 0, 0, devicePixelRatio, 0, 0);
  return ctx;
}
var alarmed = () => new Set((live.value?.alarms ?? []).flatMap((a5) => a5.labels));
function paintGround(ctx) {
  const cover2 = covers.value.get(coverHeight_m.value);
  const day2 = theme.value === "day";
  drawGround(ctx, view.value, {
    terrain: terrain.value,
    base: basemap.value,
    cover: cover2,
    show: layers.value,
    colours: palette(theme.value),
    day: day2
  });
}
function paintWorks(ctx) {
  const site2 = site.value;
  const v4 = view.value;
  ctx.clearRect(0, 0, v4.width, v4.height);
  if (!site2) return;
  drawWorks(ctx, v4, {
    site: site2,
    sensors: shown.value?.sensors ?? [],
    show: layers.value,
    colours: palette(theme.value)
  });
}
function paintAir(ctx) {
  drawAir(ctx, view.value, {
    ranked: ranked.value,
    selected: selected.value,
    alarmed: alarmed(),
    show: layers.value,
    colours: palette(theme.value),
    grey: old.value
  });
}
function paintOver(ctx) {
  const site2 = site.value;
  if (!site2) return;
  const mark = exercise.value ? "EXERCISE" : site2.mode === "RECORDING" ? "RECORDING" : "";
  drawOver(ctx, view.value, {
    site: site2,
    mark,
    colours: palette(theme.value),
    cursor: cursor.value,
    terrain: terrain.value
  });
}
function keepDrawn(canvases) {
  const dirty = /* @__PURE__ */ new Set();
  let due = 0;
  let lastWorks = "";
  const paint3 = {
    ground: paintGround,
    works: paintWorks,
    air: paintAir,
    over: paintOver
  };
  const run = () => {
    due = 0;
    const begun = performance.now();
    const { width, height } = view.peek();
    for (const name of NAMES) {
      if (!dirty.has(name)) continue;
      const ctx = sized(canvases[name], width, height);
      if (ctx) paint3[name](ctx);
    }
    const picture = live.peek();
    if (dirty.has("air") && picture && frames.at(-1)?.t_ns !== picture.t_ns) {
      const drawn_ms = performance.now();
      frames.push({
        t_ns: picture.t_ns,
        sent_ns: picture.sent_ns,
        received_ms: received_ms.peek(),
        drawn_ms,
        draw_ms: drawn_ms - begun,
        tracks: picture.tracks.length
      });
      if (frames.length > MOST_FRAMES) frames.splice(0, frames.length - MOST_FRAMES);
    }
    dirty.clear();
  };
  const mark = (name) => {
    dirty.add(name);
    due ||= requestAnimationFrame(run);
  };
  const stops = [
    x2(() => {
      void [basemap.value, arrived.value];
      void [view.value, terrain.value, covers.value, coverHeight_m.value];
      void [layers.value, theme.value];
      mark("ground");
    }),
    x2(() => {
      const health = (shown.value?.sensors ?? []).map((s4) => s4.health).join();
      const v4 = view.value;
      const key = JSON.stringify([v4, health, layers.value, theme.value, site.value?.name]);
      if (key !== lastWorks) mark("works");
      lastWorks = key;
    }),
    x2(() => {
      void [view.value, ranked.value, selected.value, layers.value, theme.value];
      mark("air");
    }),
    x2(() => {
      void [view.value, cursor.value, theme.value, exercise.value, site.value];
      mark("over");
    }),
    x2(() => {
      if (selected.value === null) return;
      const track = chosen.peek();
      if (track) reveal(track.e, track.n, track.agl_m);
    }),
    x2(() => {
      const track = following.value ? chosen.value : null;
      if (track && (Math.abs(view.peek().e - track.e) > 1 || Math.abs(view.peek().n - track.n) > 1))
        centre(track.e, track.n);
    })
  ];
  void loaded.then(() => mark("air"));
  return () => {
    cancelAnimationFrame(due);
    for (const stop of stops) stop();
  };
}
function useDrawing(box) {
  A2(() => {
    const div = box.current;
    if (!div) return void 0;
    const found = Object.fromEntries(NAMES.map((n3) => [n3, div.querySelector(`canvas.${n3}`)]));
    let fitted = false;
    const watch = new ResizeObserver(() => {
      if (!div.clientWidth || !div.clientHeight) return;
      view.value = { ...view.value, width: div.clientWidth, height: div.clientHeight };
      const site2 = site.value;
      if (site2 && !fitted) {
        fit(site2, []);
        fitted = true;
      }
    });
    watch.observe(div);
    const stop = keepDrawn(found);
    return () => {
      watch.disconnect();
      stop();
    };
  }, []);
}
function usePointer(box) {
  A2(() => {
    const div = box.current;
    if (!div) return void 0;
    let from = null;
    let moved = false;
    const at = (event) => {
      const r4 = div.getBoundingClientRect();
      return [event.clientX - r4.left, event.clientY - r4.top];
    };
    const down = (event) => {
      if (event.button !== 0 || event.target.closest("button")) return;
      from = at(event);
      moved = false;
      div.setPointerCapture(event.pointerId);
    };
    const move = (event) => {
      const [x3, y5] = at(event);
      cursor.value = [x3, y5];
      if (!from) return;
      if (!moved && Math.hypot(x3 - from[0], y5 - from[1]) < 4) return;
      moved = true;
      following.value = false;
      pan(x3 - from[0], y5 - from[1]);
      from = [x3, y5];
    };
    const up = (event) => {
      if (from && !moved) {
        const [x3, y5] = at(event);
        const found = pick(view.value, ranked.value, x3, y5);
        selected.value = found?.label ?? null;
        if (!found) following.value = false;
      }
      from = null;
    };
    const wheel = (event) => {
      event.preventDefault();
      zoom(Math.exp(-event.deltaY * 15e-4), ...at(event));
    };
    const leave = () => void (cursor.value = null);
    div.addEventListener("pointerdown", down);
    div.addEventListener("pointermove", move);
    div.addEventListener("pointerup", up);
    div.addEventListener("pointerleave", leave);
    div.addEventListener("wheel", wheel, { passive: false });
    return () => {
      div.removeEventListener("pointerdown", down);
      div.removeEventListener("pointermove", move);
      div.removeEventListener("pointerup", up);
      div.removeEventListener("pointerleave", leave);
      div.removeEventListener("wheel", wheel);
    };
  }, []);
}
function Credit() {
  const map = basemap.value;
  const words = map && (map.own ? map.own.credit : map.coarse.credit).replace(/<[^>]*>/g, "");
  return words ? /* @__PURE__ */ a4("p", { class: "credit", children: [
    "Base map: ",
    words
  ] }) : null;
}
function AirMap() {
  const box = T2(null);
  useDrawing(box);
  usePointer(box);
  const tracks = shown.value?.tracks ?? [];
  const grey = !replaying.value && old.value;
  return /* @__PURE__ */ a4("section", { id: "map", class: `map${grey ? " old" : ""}`, "aria-label": "Air picture", "data-pane": true, children: [
    /* @__PURE__ */ a4(
      "div",
      {
        ref: box,
        id: "picture",
        class: "layers",
        tabIndex: 0,
        role: "application",
        "aria-label": "Map. Tab: next track by priority. Arrow keys: ten seconds back or on. Question mark: all keys.",
        "aria-describedby": "census",
        children: NAMES.map((name) => /* @__PURE__ */ a4("canvas", { class: name, "aria-hidden": "true" }, name))
      }
    ),
    /* @__PURE__ */ a4("p", { id: "census", class: "unseen", children: census(tracks) }),
    /* @__PURE__ */ a4("div", { class: "zoom", children: [
      /* @__PURE__ */ a4("button", { type: "button", "aria-label": "Zoom in", onClick: () => zoom(1.4), children: "+" }),
      /* @__PURE__ */ a4("button", { type: "button", "aria-label": "Zoom out", onClick: () => zoom(1 / 1.4), children: "−" }),
      /* @__PURE__ */ a4(
        "button",
        {
          type: "button",
          "aria-label": "Fit the site",
          onClick: () => site.value && fit(site.value, tracks),
          children: "⤢"
        }
      ),
      /* @__PURE__ */ a4(
        "button",
        {
          type: "button",
          "aria-label": "Tilt",
          "aria-pressed": view.value.tilted,
          onClick: () => view.value = { ...view.value, tilted: !view.value.tilted },
          children: "◿"
        }
      )
    ] }),
    layers.value.base && /* @__PURE__ */ a4(Credit, {})
  ] });
}

// src/panels/left.tsx
var HEALTH = { fresh: ["●", ""], quiet: ["○", "quiet"], stale: ["◆", "stale"], lost: ["✕", "no data"] };
function SensorRow(props) {
  const { sensor, health } = props;
  const [mark, word] = HEALTH[health?.health ?? "lost"];
  const refused = health && health.refused > 0 ? `, ${health.refused} refused` : "";
  return /* @__PURE__ */ a4("li", { class: health?.health ?? "lost", title: health ? `${health.rate_hz.toFixed(1)} looks a second${refused}` : "", children: [
    /* @__PURE__ */ a4("i", { "aria-hidden": "true", children: mark }),
    " ",
    /* @__PURE__ */ a4("b", { children: sensorCode(sensor) }),
    " ",
    /* @__PURE__ */ a4("span", { class: "name", title: sensor.name, children: sensor.name }),
    health?.offered && /* @__PURE__ */ a4(
      "button",
      {
        type: "button",
        class: "small",
        title: "A bias is offered to be taken off",
        "aria-label": `${sensor.name}: a bias is offered`,
        onClick: () => dialog.value = { name: "sensors" },
        children: "bias"
      }
    ),
    /* @__PURE__ */ a4("span", { class: "age", children: [
      word,
      " ",
      health && health.age_s !== null ? age(health.age_s) : ""
    ] })
  ] });
}
function Sensors2() {
  const site2 = site.value;
  const health = new Map((shown.value?.sensors ?? []).map((s4) => [s4.row, s4]));
  const up = [...health.values()].filter((s4) => s4.health === "fresh" || s4.health === "quiet").length;
  const all = site2?.sensors.length ?? 0;
  return /* @__PURE__ */ a4("section", { "aria-labelledby": "h-sensors", children: [
    /* @__PURE__ */ a4("h2", { id: "h-sensors", children: [
      "Sensors ",
      /* @__PURE__ */ a4("span", { class: up < all ? "caution" : "", children: [
        up,
        " of ",
        all,
        " up"
      ] })
    ] }),
    /* @__PURE__ */ a4("ul", { class: "sensors", children: site2?.sensors.map((s4) => /* @__PURE__ */ a4(SensorRow, { sensor: s4, health: health.get(s4.row) }, s4.row)) })
  ] });
}
function WarnedRow({ who }) {
  const offset = site.value?.utc_offset_s ?? 0;
  if (who.told_ns === null)
    return /* @__PURE__ */ a4("li", { children: [
      /* @__PURE__ */ a4("i", { "aria-hidden": "true", children: "○" }),
      " ",
      /* @__PURE__ */ a4("span", { class: "name", title: who.name, children: who.name }),
      " ",
      /* @__PURE__ */ a4("span", { class: "age", children: "not told" })
    ] });
  if (who.acknowledged_ns !== null)
    return /* @__PURE__ */ a4("li", { class: "answered", title: who.by ? `acknowledged by ${who.by}` : "", children: [
      /* @__PURE__ */ a4("i", { "aria-hidden": "true", children: "✓" }),
      " ",
      /* @__PURE__ */ a4("span", { class: "name", title: who.name, children: who.name }),
      /* @__PURE__ */ a4("span", { class: "age", children: [
        "ack ",
        hhmm(who.acknowledged_ns, offset)
      ] })
    ] });
  return /* @__PURE__ */ a4("li", { class: "told", children: [
    /* @__PURE__ */ a4("i", { "aria-hidden": "true", children: "▶" }),
    " ",
    /* @__PURE__ */ a4("span", { class: "name", title: who.name, children: who.name }),
    /* @__PURE__ */ a4("span", { class: "age", title: "told, not acknowledged", children: [
      /* @__PURE__ */ a4("span", { class: "unseen", children: "told " }),
      hhmm(who.told_ns, offset)
    ] }),
    /* @__PURE__ */ a4(
      "button",
      {
        type: "button",
        class: "small",
        disabled: !mayAct.value,
        "aria-label": `${who.name} has acknowledged`,
        onClick: () => void tell(ask("POST", "/api/warned/acknowledge", { name: who.name }), `${who.name} has acknowledged.`),
        children: "Ack"
      }
    )
  ] });
}
function WarnedList() {
  const people = live.value?.warned ?? [];
  const told = people.filter((w5) => w5.told_ns !== null);
  const answered = told.filter((w5) => w5.acknowledged_ns !== null);
  const words = told.length ? `${answered.length} of ${told.length} ack` : "nobody told";
  return /* @__PURE__ */ a4("section", { "aria-labelledby": "h-warned", children: [
    /* @__PURE__ */ a4("h2", { id: "h-warned", children: [
      "Warned ",
      /* @__PURE__ */ a4("span", { class: answered.length < told.length ? "caution" : "", children: words })
    ] }),
    /* @__PURE__ */ a4("ul", { class: "sensors warned", children: people.map((w5) => /* @__PURE__ */ a4(WarnedRow, { who: w5 }, w5.name)) })
  ] });
}
function Layers() {
  const on = layers.value;
  const choose = (event) => {
    coverHeight_m.value = Number(event.currentTarget.value);
    void cover(coverHeight_m.value);
  };
  return /* @__PURE__ */ a4("section", { "aria-labelledby": "h-layers", children: [
    /* @__PURE__ */ a4("h2", { id: "h-layers", children: [
      "Layers",
      /* @__PURE__ */ a4("label", { class: "height", children: [
        "cover at",
        " ",
        /* @__PURE__ */ a4("select", { value: String(coverHeight_m.value), onChange: choose, "aria-label": "Cover height above ground", children: COVER_HEIGHTS_M.map((h5) => /* @__PURE__ */ a4("option", { value: String(h5), children: [
          h5,
          " m"
        ] }, h5)) })
      ] })
    ] }),
    /* @__PURE__ */ a4("ul", { class: "layers", children: LAYERS.map(([layer, word, key]) => /* @__PURE__ */ a4("li", { children: [
      /* @__PURE__ */ a4("label", { children: [
        /* @__PURE__ */ a4(
          "input",
          {
            type: "checkbox",
            checked: on[layer],
            onChange: () => layers.value = { ...on, [layer]: !on[layer] }
          }
        ),
        layer === "cover" ? `${word} (${coverHeight_m.value} m)` : word
      ] }),
      /* @__PURE__ */ a4(Key, { children: key })
    ] }, layer)) })
  ] });
}
var LEGEND = ["hostile", "suspect", "unknown", "pending", "friend", "neutral"];
function Legend() {
  return /* @__PURE__ */ a4("section", { "aria-labelledby": "h-legend", children: [
    /* @__PURE__ */ a4("h2", { id: "h-legend", children: "Symbols" }),
    /* @__PURE__ */ a4("ul", { class: "legend", children: LEGEND.map((identity) => /* @__PURE__ */ a4("li", { children: [
      /* @__PURE__ */ a4(Symbol2, { identity, cls: identity === "hostile" ? "one way attack" : "multirotor", size: 30 }),
      identity[0]?.toUpperCase(),
      identity.slice(1)
    ] }, identity)) }),
    /* @__PURE__ */ a4("p", { class: "small", children: "Line: 15 s ahead. Dots: every 3 s. Dashed: coasting. Hatched: blind. Dotted frame: assumed." })
  ] });
}
function LeftPanel() {
  return /* @__PURE__ */ a4("aside", { class: "left", "aria-label": "Sensors and layers", "data-pane": true, children: [
    /* @__PURE__ */ a4(Sensors2, {}),
    /* @__PURE__ */ a4(WarnedList, {}),
    /* @__PURE__ */ a4(Layers, {}),
    /* @__PURE__ */ a4(Legend, {})
  ] });
}

// src/panels/log.tsx
function lines() {
  const came = events.value;
  const seen = new Set(came.map((e4) => `${Math.round(e4.t_ns / 1e6)}${e4.text}`));
  const before = (timeline.value?.events ?? []).filter((e4) => !seen.has(`${Math.round(e4.t_ns / 1e6)}${e4.text}`)).map((e4) => ({ t_ns: e4.t_ns, who: "", text: e4.text, why: [], labels: [] }));
  const head = playhead_ns.value;
  return [...came, ...before].filter((l4) => head === null || l4.t_ns <= head).sort((a5, b3) => b3.t_ns - a5.t_ns).slice(0, 200);
}
function Log() {
  const offset = site.value?.utc_offset_s ?? 0;
  return /* @__PURE__ */ a4("section", { class: "log", "aria-labelledby": "h-log", "data-pane": true, children: [
    /* @__PURE__ */ a4("h2", { id: "h-log", children: [
      "Incident log ",
      replaying.value && /* @__PURE__ */ a4("em", { class: "inreplay", children: "REPLAY" }),
      " ",
      /* @__PURE__ */ a4("span", { children: "local time" }),
      " ",
      /* @__PURE__ */ a4("button", { type: "button", onClick: () => dialog.value = { name: "incidents" }, children: [
        "Incidents ",
        /* @__PURE__ */ a4(Key, { children: "E" })
      ] })
    ] }),
    /* @__PURE__ */ a4("ol", { tabIndex: 0, "aria-labelledby": "h-log", children: lines().map((l4) => /* @__PURE__ */ a4("li", { class: l4.who ? "person" : "", title: l4.why.join("; "), children: [
      /* @__PURE__ */ a4("time", { children: clock(l4.t_ns, offset) }),
      /* @__PURE__ */ a4("span", { children: [
        /* @__PURE__ */ a4("b", { children: l4.who || "sys" }),
        " ",
        /* @__PURE__ */ a4(Marked, { text: l4.text, short: true }),
        l4.why.length > 0 && /* @__PURE__ */ a4("small", { children: [
          " ",
          l4.why.join("; ")
        ] })
      ] })
    ] }, `${l4.t_ns}${l4.text}`)) })
  ] });
}

// src/panels/top.tsx
var SOUND_WORDS = { unarmed: "Sound off: click to arm", on: "Sound on", muted: "Sound muted" };
function Badge() {
  const mode = site.value?.mode ?? "EXERCISE";
  const drill = live.value?.drill;
  if (exercise.value)
    return /* @__PURE__ */ a4("strong", { class: "badge exercise", children: [
      "EXERCISE",
      drill?.running ? ` · drill ${drill.name}` : ""
    ] });
  if (mode === "RECORDING") return /* @__PURE__ */ a4("strong", { class: "badge exercise", children: "RECORDING" });
  return /* @__PURE__ */ a4("strong", { class: "badge real", children: "REAL" });
}
function Link2() {
  if (!linked.value)
    return /* @__PURE__ */ a4("span", { class: "link lost", children: [
      /* @__PURE__ */ a4("i", { "aria-hidden": "true", children: "✕" }),
      " ",
      /* @__PURE__ */ a4("b", { children: "NO LINK" }),
      live.value ? ` picture ${age(age_s.value)} old` : " to the service"
    ] });
  if (!live.value?.t_ns) return /* @__PURE__ */ a4("span", { class: "link lost", children: [
    /* @__PURE__ */ a4("i", { "aria-hidden": "true", children: "◆" }),
    " ",
    /* @__PURE__ */ a4("b", { children: "WAITING" }),
    " for the first scan"
  ] });
  const stale = age_s.value > STALE_S;
  return /* @__PURE__ */ a4("span", { class: `link${stale ? " lost" : ""}`, children: [
    /* @__PURE__ */ a4("i", { "aria-hidden": "true", children: stale ? "◆" : "●" }),
    " ",
    /* @__PURE__ */ a4("b", { children: "LIVE" }),
    " data ",
    age(age_s.value),
    " old"
  ] });
}
function TopBar() {
  const site2 = site.value;
  const now = now_ns.value;
  const day2 = theme.value === "day";
  return /* @__PURE__ */ a4("header", { class: "top", "data-pane": true, children: [
    /* @__PURE__ */ a4("h1", { children: (site2?.title ?? "bartizan").replace(/ \(schematic.*\)$/, "") }),
    /* @__PURE__ */ a4("span", { class: "what", children: "air picture" }),
    /* @__PURE__ */ a4(Link2, {}),
    /* @__PURE__ */ a4(Badge, {}),
    /* @__PURE__ */ a4("span", { class: "space" }),
    /* @__PURE__ */ a4("span", { class: "clock", children: [
      /* @__PURE__ */ a4("b", { children: now ? clock(now) : "--:--:--" }),
      " UTC"
    ] }),
    /* @__PURE__ */ a4("span", { class: "clock local", children: [
      now ? hhmm(now, site2?.utc_offset_s ?? 0) : "--:--",
      " local"
    ] }),
    /* @__PURE__ */ a4("button", { type: "button", class: `sound ${sound.value}`, "aria-pressed": sound.value === "on", onClick: toggle, children: [
      SOUND_WORDS[sound.value],
      " ",
      /* @__PURE__ */ a4(Key, { children: "M" })
    ] }),
    /* @__PURE__ */ a4("button", { type: "button", onClick: () => theme.value = day2 ? "dark" : "day", children: [
      day2 ? "Dark" : "Day",
      " ",
      /* @__PURE__ */ a4(Key, { children: "Y" })
    ] }),
    /* @__PURE__ */ a4("button", { type: "button", onClick: () => dialog.value = { name: "drill" }, children: [
      "Drill ",
      /* @__PURE__ */ a4(Key, { children: "X" })
    ] }),
    /* @__PURE__ */ a4("button", { type: "button", onClick: () => dialog.value = { name: "help" }, children: [
      "Keys ",
      /* @__PURE__ */ a4(Key, { children: "?" })
    ] }),
    /* @__PURE__ */ a4("button", { type: "button", class: "duty", onClick: () => dialog.value = { name: "duty" }, children: [
      /* @__PURE__ */ a4("b", { children: me.value?.user ?? "" }),
      /* @__PURE__ */ a4("small", { children: me.value ? `on duty, ${me.value.role}` : "" })
    ] })
  ] });
}
function reason(posture) {
  const words = LEVEL_WORDS[posture.level];
  const { rest } = unmarked(posture.reason);
  return rest.toLowerCase().startsWith(words.toLowerCase()) ? rest[0]?.toUpperCase() + rest.slice(1) : `${words}: ${rest}`;
}
function PostureBanner() {
  const picture = live.value;
  const posture = picture?.posture;
  const offset = site.value?.utc_offset_s ?? 0;
  if (!picture || !posture) return /* @__PURE__ */ a4("section", { class: "posture", "aria-label": "Posture", children: /* @__PURE__ */ a4("p", { children: "No picture yet." }) });
  const now = picture.t_ns;
  const rank = LEVELS.indexOf(posture.level);
  return /* @__PURE__ */ a4("section", { class: `posture ${posture.level.toLowerCase()}`, "aria-label": "Posture", "data-pane": true, children: [
    /* @__PURE__ */ a4("div", { class: "level", children: [
      /* @__PURE__ */ a4("small", { children: "POSTURE" }),
      " ",
      /* @__PURE__ */ a4("b", { children: posture.level }),
      /* @__PURE__ */ a4("span", { class: "bars", "aria-hidden": "true", children: LEVELS.map((l4, i4) => /* @__PURE__ */ a4("i", { class: i4 <= rank ? "full" : "" }, l4)) })
    ] }),
    /* @__PURE__ */ a4("div", { class: "sentence", children: [
      /* @__PURE__ */ a4("p", { children: /* @__PURE__ */ a4("b", { children: /* @__PURE__ */ a4(Marked, { text: posture.sentence, short: true }) }) }),
      /* @__PURE__ */ a4("p", { class: "reason", title: `${posture.reason} · ${posture.forecast}`, children: [
        replaying.value && /* @__PURE__ */ a4("em", { class: "islive", children: "LIVE, not the replay" }),
        " ",
        /* @__PURE__ */ a4("span", { class: "census", children: census(picture.tracks) }),
        " · ",
        reason(posture),
        posture.forecast ? ` · ${unmarked(posture.forecast).rest}` : ""
      ] })
    ] }),
    /* @__PURE__ */ a4("p", { class: "since", children: [
      "since ",
      hhmm(posture.since_ns, offset),
      " by ",
      posture.by || "rule",
      posture.expires_ns > 0 ? /* @__PURE__ */ a4($, { children: [
        /* @__PURE__ */ a4("br", {}),
        "until ",
        moment(posture.expires_ns, now, offset)
      ] }) : null
    ] }),
    /* @__PURE__ */ a4("button", { type: "button", onClick: () => dialog.value = { name: "clear" }, children: [
      "Is it clear? ",
      /* @__PURE__ */ a4(Key, { children: "C" })
    ] }),
    /* @__PURE__ */ a4("button", { type: "button", onClick: () => dialog.value = { name: "posture" }, children: [
      "Change posture ",
      /* @__PURE__ */ a4(Key, { children: "P" })
    ] })
  ] });
}

// src/panels/track.tsx
function Fact(props) {
  return /* @__PURE__ */ a4("div", { children: [
    /* @__PURE__ */ a4("dt", { children: props.name }),
    /* @__PURE__ */ a4("dd", { children: props.children })
  ] });
}
function Facts({ track }) {
  const sensors2 = site.value?.sensors ?? [];
  const seen = track.seen_by.map((row) => sensors2.find((s4) => s4.row === row)).filter((s4) => s4 !== void 0);
  return /* @__PURE__ */ a4("dl", { class: "facts", children: [
    /* @__PURE__ */ a4(Fact, { name: "From site", children: [
      distance(Math.hypot(track.e, track.n)),
      " ",
      degrees(bearing(track.e, track.n))
    ] }),
    /* @__PURE__ */ a4(Fact, { name: "Height (AGL)", children: [
      Math.round(track.agl_m),
      " m ",
      climb(track.climb_mps)
    ] }),
    /* @__PURE__ */ a4(Fact, { name: "Speed, course", children: [
      Math.round(track.speed_mps),
      " m/s ",
      degrees(track.course_deg)
    ] }),
    /* @__PURE__ */ a4(Fact, { name: "Error, 95 %", children: [
      Math.round(track.ellipse[0]),
      " × ",
      Math.round(track.ellipse[1]),
      " m"
    ] }),
    /* @__PURE__ */ a4(Fact, { name: "Seen by", children: seen.map((s4) => sensorCode(s4)).join(" ") || "nobody now" }),
    /* @__PURE__ */ a4(Fact, { name: "Last update", children: [
      age(track.age_s),
      " ago",
      track.coasting ? ", coasting" : ""
    ] })
  ] });
}
function ClassBars({ track }) {
  const rows = [...track.cls_p.slice(0, 3), ["exists at all", track.existence]];
  return /* @__PURE__ */ a4("ul", { class: "classes", "aria-label": "Class probabilities", children: rows.map(([cls, p5]) => /* @__PURE__ */ a4("li", { children: [
    /* @__PURE__ */ a4("span", { children: classWord(cls) }),
    /* @__PURE__ */ a4("span", { class: "bar", "aria-hidden": "true", children: /* @__PURE__ */ a4("i", { style: { width: `${Math.round(p5 * 100)}%` } }) }),
    /* @__PURE__ */ a4("b", { children: p5.toFixed(2) })
  ] }, cls)) });
}
function Buttons({ track }) {
  const may = mayAct.value;
  return /* @__PURE__ */ a4("div", { class: "actions", children: [
    /* @__PURE__ */ a4("button", { type: "button", "aria-pressed": following.value, onClick: () => following.value = !following.value, children: [
      "Follow ",
      /* @__PURE__ */ a4(Key, { children: "F" })
    ] }),
    /* @__PURE__ */ a4("button", { type: "button", disabled: !may, onClick: () => onTrack("interrogate"), children: [
      "Interrogate ",
      /* @__PURE__ */ a4(Key, { children: "I" })
    ] }),
    /* @__PURE__ */ a4("button", { type: "button", disabled: !may, onClick: () => onTrack("reclassify"), children: [
      "Reclassify ",
      /* @__PURE__ */ a4(Key, { children: "R" })
    ] }),
    /* @__PURE__ */ a4("button", { type: "button", disabled: !may, onClick: () => onTrack("dismiss"), children: [
      "Dismiss ",
      /* @__PURE__ */ a4(Key, { children: "D" })
    ] }),
    /* @__PURE__ */ a4("button", { type: "button", disabled: !may, onClick: () => dialog.value = { name: "note", label: track.label }, children: [
      "Note ",
      /* @__PURE__ */ a4(Key, { children: "N" })
    ] })
  ] });
}
function TrackPanel() {
  const track = chosen.value;
  const label = selected.value;
  return /* @__PURE__ */ a4("section", { class: "track", "aria-labelledby": "h-track", "data-pane": true, children: [
    /* @__PURE__ */ a4("h2", { id: "h-track", children: [
      "Track ",
      replaying.value && /* @__PURE__ */ a4("em", { class: "inreplay", children: "REPLAY" })
    ] }),
    track ? /* @__PURE__ */ a4($, { children: [
      /* @__PURE__ */ a4("div", { class: "head", children: [
        /* @__PURE__ */ a4(Symbol2, { identity: track.identity, cls: track.cls, size: 46 }),
        /* @__PURE__ */ a4("div", { children: [
          /* @__PURE__ */ a4("p", { children: [
            /* @__PURE__ */ a4("b", { class: "label", children: called(track) }),
            " ",
            /* @__PURE__ */ a4("span", { class: `identity ${track.identity.replace(" ", "-")}`, children: track.identity })
          ] }),
          /* @__PURE__ */ a4("p", { class: "cls", children: [
            classWord(track.cls),
            track.callsign ? ` · T-${track.label}` : ""
          ] })
        ] }),
        track.t_wall_s !== null && track.closing && /* @__PURE__ */ a4("div", { class: "right", children: [
          /* @__PURE__ */ a4("b", { class: "time", children: countdown(track.t_wall_s) }),
          /* @__PURE__ */ a4("small", { children: [
            "to the wall",
            track.t_wall_sd_s >= 1 ? ` ±${Math.round(track.t_wall_sd_s)} s` : ""
          ] })
        ] })
      ] }),
      /* @__PURE__ */ a4(Facts, { track }),
      /* @__PURE__ */ a4(ClassBars, { track }),
      /* @__PURE__ */ a4("ul", { class: "why", children: track.why.slice(0, 6).map((w5) => /* @__PURE__ */ a4("li", { children: /* @__PURE__ */ a4(Marked, { text: w5, short: true }) }, w5)) }),
      /* @__PURE__ */ a4(Buttons, { track })
    ] }) : /* @__PURE__ */ a4("p", { class: "quiet", children: label === null ? "No track selected. Tab on the map: the next by priority." : `T-${label} is not in the picture any more.` })
  ] });
}

// src/strip.tsx
var LEFT = 52;
var BOTTOM = 20;
var TOP = 24;
var KEPT_MS = 45e3;
var MOST_SYMBOLS = 30;
var trail = /* @__PURE__ */ new Map();
function remember(tracks, now_ms) {
  for (const t4 of tracks) {
    const kept = trail.get(t4.label) ?? [];
    if (now_ms - (kept.at(-1)?.[2] ?? 0) >= 3e3) kept.push([Math.hypot(t4.e, t4.n), t4.agl_m, now_ms]);
    trail.set(t4.label, kept.filter((k4) => now_ms - k4[2] < KEPT_MS));
  }
  const here = new Set(tracks.map((t4) => t4.label));
  for (const label of trail.keys()) if (!here.has(label)) trail.delete(label);
}
function coverAt(cover2, e4, n3) {
  const c4 = Math.floor((e4 - cover2.e0) / cover2.cell_m);
  const r4 = Math.floor((n3 - cover2.n0) / cover2.cell_m);
  if (c4 < 0 || r4 < 0 || c4 >= cover2.cols || r4 >= cover2.rows) return 0;
  return cover2.pd[r4 * cover2.cols + c4] ?? 0;
}
function floorAt(covers2, e4, n3) {
  for (const cover2 of covers2) if (coverAt(cover2, e4, n3) >= SEEN_PD) return cover2.height_m;
  return null;
}
function far() {
  const v4 = view.value;
  const known = ranked.value.filter((t4) => t4.label === selected.value || t4.identity !== "neutral");
  const outmost = Math.max(0, ...known.map((t4) => Math.hypot(t4.e, t4.n)).filter((d5) => d5 < 2e4)) * 1.04;
  const reach = Math.max(outmost, Math.hypot(v4.e, v4.n) + Math.min(v4.width, v4.height) / 2 / v4.scale);
  const step2 = reach > 2e4 ? 1e4 : reach > 8e3 ? 4e3 : reach > 3e3 ? 2e3 : 1e3;
  return Math.ceil(reach / step2) * step2;
}
function paint(ctx, width, height) {
  const colours = palette(theme.value);
  const tracks = ranked.value.filter((t4) => layers.value.birds || !isGull(t4));
  remember(tracks, received_ms.value);
  const chosen2 = chosen.value;
  const end_m = far();
  const near = tracks.filter((t4) => Math.hypot(t4.e, t4.n) <= end_m);
  const highest = Math.max(0, ...near.filter((t4) => t4.identity !== "neutral").map((t4) => t4.agl_m));
  const top_m = highest > 1e3 ? 2e3 : highest > 400 ? 1e3 : 400;
  const x3 = (d5) => LEFT + d5 / end_m * (width - LEFT - 16);
  const y5 = (h5) => height - BOTTOM - Math.max(0, h5) / top_m * (height - BOTTOM - TOP);
  ctx.clearRect(0, 0, width, height);
  axes(ctx, width, height, end_m, top_m, x3, y5);
  const az = chosen2 ? Math.atan2(chosen2.e, chosen2.n) : 0;
  terrainLine(ctx, az, end_m, x3, y5);
  floorLine(ctx, az, end_m, x3, y5);
  ctx.font = "600 11px system-ui, sans-serif";
  const where = chosen2 ? `along ${degrees(bearing(chosen2.e, chosen2.n))}` : "along 000°, no track selected";
  write(ctx, `HEIGHT ABOVE GROUND BY DISTANCE  ·  terrain and cover floor ${where}`, LEFT, 11, colours.dim, colours.halo);
  const rest = new Set(near.slice(MOST_SYMBOLS).map((t4) => t4.label));
  for (const t4 of [...near].reverse()) {
    ctx.fillStyle = colours.identity[t4.identity];
    ctx.globalAlpha = 0.6;
    for (const [d5, h5] of trail.get(t4.label) ?? []) if (h5 <= top_m) ctx.fillRect(x3(d5) - 1, y5(h5) - 1, 2, 2);
    ctx.globalAlpha = t4.coasting ? 0.6 : 1;
    const [px, py] = [x3(Math.hypot(t4.e, t4.n)), y5(Math.min(t4.agl_m, top_m))];
    if (rest.has(t4.label)) ctx.fillRect(px - 2, py - 2, 4, 4);
    else if (isGull(t4)) gull(ctx, px, py, colours.identity[t4.identity]);
    else draw(ctx, t4.identity, t4.cls, px, py, 26);
    ctx.globalAlpha = 1;
    ctx.font = "11px system-ui, sans-serif";
    const edge = px > width - 90;
    if (t4.agl_m > top_m && !rest.has(t4.label))
      write(ctx, `↑ ${Math.round(t4.agl_m)} m`, px + (edge ? -14 : 14), py, colours.text, colours.halo, edge ? "right" : "left");
    if (t4.label !== chosen2?.label) continue;
    ctx.strokeStyle = colours.select;
    ctx.lineWidth = 2;
    ctx.strokeRect(px - 13, py - 13, 26, 26);
    ctx.font = "700 11px system-ui, sans-serif";
    const right = px > width - 120;
    write(
      ctx,
      `${called(t4)}  ${Math.round(t4.agl_m)} m`,
      px + (right ? -18 : 18),
      py - 8,
      colours.identity[t4.identity],
      colours.halo,
      right ? "right" : "left"
    );
  }
}
function axes(ctx, width, height, end_m, top_m, x3, y5) {
  const colours = palette(theme.value);
  ctx.strokeStyle = colours.grid;
  ctx.lineWidth = 1;
  ctx.font = "11px system-ui, sans-serif";
  for (let k4 = 0; k4 <= 4; k4++) {
    const h5 = top_m * k4 / 4;
    ctx.beginPath();
    ctx.moveTo(LEFT, y5(h5));
    ctx.lineTo(width - 16, y5(h5));
    ctx.stroke();
    write(ctx, `${h5} m`, LEFT - 6, y5(h5), colours.dim, colours.halo, "right");
  }
  const step2 = end_m / (end_m % 5e3 === 0 ? 5 : 4);
  for (let d5 = 0; d5 <= end_m + 1; d5 += step2) {
    ctx.beginPath();
    ctx.moveTo(x3(d5), TOP);
    ctx.lineTo(x3(d5), height - BOTTOM);
    ctx.stroke();
    write(ctx, `${Math.round(d5 / 100) / 10} km`, x3(d5), height - 9, colours.dim, colours.halo, d5 > 0.99 * end_m ? "right" : "center");
  }
  wallMark(ctx, height, x3);
}
function wallMark(ctx, height, x3) {
  const wall2 = site.value?.wall.polygon ?? [];
  if (!wall2.length) return;
  const colours = palette(theme.value);
  const most = Math.max(...wall2.map(([e4, n3]) => Math.hypot(e4, n3)));
  ctx.strokeStyle = colours.wall;
  ctx.lineWidth = 1.5;
  ctx.setLineDash([5, 4]);
  ctx.beginPath();
  ctx.moveTo(x3(most), TOP);
  ctx.lineTo(x3(most), height - BOTTOM);
  ctx.stroke();
  ctx.setLineDash([]);
  write(ctx, "wall", x3(most) + 4, TOP + 6, colours.wall, colours.halo);
}
function terrainLine(ctx, az, end_m, x3, y5) {
  const terrain2 = terrain.value;
  if (!terrain2) return;
  const colours = palette(theme.value);
  const base = groundAt(terrain2, 0, 0) ?? 0;
  ctx.fillStyle = colours.dim;
  ctx.globalAlpha = 0.35;
  ctx.beginPath();
  ctx.moveTo(x3(0), y5(0));
  for (let k4 = 0; k4 <= 120; k4++) {
    const d5 = end_m * k4 / 120;
    const up = groundAt(terrain2, d5 * Math.sin(az), d5 * Math.cos(az)) ?? base;
    ctx.lineTo(x3(d5), y5(Math.max(0, up - base)));
  }
  ctx.lineTo(x3(end_m), y5(0));
  ctx.fill();
  ctx.globalAlpha = 1;
}
function floorLine(ctx, az, end_m, x3, y5) {
  const covers2 = [...covers.value.values()].sort((a5, b3) => a5.height_m - b3.height_m);
  if (!covers2.length) return;
  const colours = palette(theme.value);
  ctx.strokeStyle = colours.edge;
  ctx.lineWidth = 1.5;
  ctx.setLineDash([7, 3, 2, 3]);
  ctx.beginPath();
  let drawing = false;
  let last = null;
  for (let k4 = 0; k4 <= 160; k4++) {
    const d5 = end_m * k4 / 160;
    const floor = floorAt(covers2, d5 * Math.sin(az), d5 * Math.cos(az));
    if (floor === null) {
      drawing = false;
      continue;
    }
    if (drawing) ctx.lineTo(x3(d5), y5(floor));
    else ctx.moveTo(x3(d5), y5(floor));
    drawing = true;
    last = [d5, floor];
  }
  ctx.stroke();
  ctx.setLineDash([]);
  ctx.font = "11px system-ui, sans-serif";
  if (last) write(ctx, "cover floor", x3(last[0]) - 4, y5(last[1]) - 8, colours.edge, colours.halo, "right");
}
function HeightStrip() {
  const ref = T2(null);
  A2(() => {
    const canvas = ref.current;
    if (!canvas) return void 0;
    let due = 0;
    const run = () => {
      due = 0;
      const [w5, h5] = [canvas.clientWidth, canvas.clientHeight];
      if (canvas.width !== w5 * devicePixelRatio) canvas.width = w5 * devicePixelRatio;
      if (canvas.height !== h5 * devicePixelRatio) canvas.height = h5 * devicePixelRatio;
      const ctx = canvas.getContext("2d");
      ctx?.setTransform(devicePixelRatio, 0, 0, devicePixelRatio, 0, 0);
      if (ctx) paint(ctx, w5, h5);
    };
    let at = 0;
    const stop = x2(() => {
      void [selected.value, theme.value, view.value, covers.value, layers.value];
      due ||= requestAnimationFrame(run);
    });
    const stopPictures = x2(() => {
      void shown.value;
      const now = performance.now();
      if (now - at < 450) return;
      at = now;
      due ||= requestAnimationFrame(run);
    });
    return () => {
      stop();
      stopPictures();
      cancelAnimationFrame(due);
    };
  }, []);
  const chosen2 = chosen.value;
  const words = chosen2 ? `${called(chosen2)} at ${Math.round(chosen2.agl_m)} m above ground` : "no track selected";
  return /* @__PURE__ */ a4("canvas", { ref, class: "strip", role: "img", "aria-label": `Height by distance: ${words}` });
}

// src/timeline.tsx
var LEFT2 = 62;
var RIGHT = 10;
var LEVEL_COLOURS = { WHITE: "#9fb3c2", YELLOW: "#d9aa2f", RED: "#e5484d" };
var EVENT_SHAPES = {
  alarm: "▲",
  alarm_update: "△",
  all_clear: "✓",
  posture: "⚑",
  sensor: "✕",
  interrogation: "?",
  dismissal: "–",
  dismissal_ended: "+",
  attention: "◆",
  act: "●"
};
var TOLD = new Set(Object.keys(EVENT_SHAPES));
function span2() {
  const now = now_ns.value;
  return [now - SPAN_NS, now];
}
function paint2(ctx, width, height) {
  const colours = palette(theme.value);
  const [from, to] = span2();
  const offset = site.value?.utc_offset_s ?? 0;
  const x3 = (t_ns) => LEFT2 + (t_ns - from) / (to - from) * (width - LEFT2 - RIGHT);
  ctx.clearRect(0, 0, width, height);
  ctx.font = "11px system-ui, sans-serif";
  for (const [word, y5] of [["Posture", 13], ["Events", 34], ["Tracks", 60]])
    write(ctx, word, LEFT2 - 8, y5, colours.dim, colours.halo, "right");
  ctx.strokeStyle = colours.grid;
  const minute = 6e10;
  for (let t4 = Math.ceil(from / (5 * minute)) * 5 * minute; t4 < to; t4 += 5 * minute) {
    ctx.beginPath();
    ctx.moveTo(x3(t4), 4);
    ctx.lineTo(x3(t4), height - 18);
    ctx.stroke();
    write(ctx, hhmm(t4, offset), x3(t4), height - 9, colours.dim, colours.halo, "center");
  }
  const line = timeline.value;
  if (line) {
    postures(ctx, line.posture, x3, to);
    counts(ctx, line.counts, x3, to);
    ctx.font = "12px system-ui, sans-serif";
    for (const event of line.events) {
      if (!TOLD.has(event.kind) || event.t_ns < from) continue;
      const red = event.kind === "alarm";
      write(
        ctx,
        EVENT_SHAPES[event.kind] ?? "·",
        x3(event.t_ns),
        34,
        red ? colours.identity.hostile : event.kind === "all_clear" ? colours.identity.neutral : colours.text,
        colours.halo,
        "center"
      );
    }
  }
  const head = playhead_ns.value;
  const at = x3(head ?? to);
  ctx.fillStyle = head === null ? colours.text : "#c79bff";
  ctx.fillRect(at - 1, 2, 2, height - 20);
  ctx.beginPath();
  ctx.moveTo(at - 6, 0);
  ctx.lineTo(at + 6, 0);
  ctx.lineTo(at, 9);
  ctx.fill();
}
function postures(ctx, changes, x3, to) {
  changes.forEach(([t4, level], i4) => {
    const a5 = Math.max(LEFT2, x3(t4));
    const b3 = x3(changes[i4 + 1]?.[0] ?? to);
    if (b3 <= LEFT2) return;
    ctx.fillStyle = LEVEL_COLOURS[level];
    const tall = level === "RED" ? 14 : level === "YELLOW" ? 10 : 6;
    ctx.fillRect(a5, 20 - tall, b3 - a5, tall);
    if (b3 - a5 < 60) return;
    ctx.font = "700 9px system-ui, sans-serif";
    ctx.fillStyle = "#10171d";
    ctx.textAlign = "left";
    ctx.textBaseline = "middle";
    if (tall > 8) ctx.fillText(level, a5 + 5, 20 - tall / 2 + 0.5);
  });
}
function counts(ctx, rows, x3, to) {
  const colours = palette(theme.value);
  const totals = rows.map(([, c4]) => IDENTITIES.reduce((sum, i4) => sum + (c4[i4] ?? 0), 0));
  const most = Math.max(8, ...totals);
  rows.forEach(([t4, by], i4) => {
    const a5 = x3(t4);
    if (a5 < LEFT2) return;
    const w5 = Math.max(1.5, Math.min(x3(rows[i4 + 1]?.[0] ?? to) - a5 - 0.5, 14));
    let y5 = 80;
    for (const identity of ["neutral", "friend", "assumed friend", "pending", "unknown", "suspect", "hostile"]) {
      const tall = (by[identity] ?? 0) / most * 34;
      if (!tall) continue;
      ctx.fillStyle = colours.identity[identity];
      ctx.fillRect(a5, y5 - tall, w5, tall);
      y5 -= tall;
    }
  });
}
function Timeline() {
  const ref = T2(null);
  A2(() => {
    const canvas = ref.current;
    if (!canvas) return;
    const [w5, h5] = [canvas.clientWidth, canvas.clientHeight];
    if (canvas.width !== w5 * devicePixelRatio) canvas.width = w5 * devicePixelRatio;
    if (canvas.height !== h5 * devicePixelRatio) canvas.height = h5 * devicePixelRatio;
    const ctx = canvas.getContext("2d");
    ctx?.setTransform(devicePixelRatio, 0, 0, devicePixelRatio, 0, 0);
    if (ctx) paint2(ctx, w5, h5);
  });
  const second = Math.floor(now_ns.value / 1e9);
  const head = playhead_ns.value;
  const offset = site.value?.utc_offset_s ?? 0;
  const scrub = (event) => {
    if (event.buttons !== 1) return;
    const box = event.currentTarget.getBoundingClientRect();
    const share = (event.clientX - box.left - LEFT2) / (box.width - LEFT2 - RIGHT);
    const [from, to] = span2();
    seek(from + Math.min(1, Math.max(0, share)) * (to - from));
  };
  const now_s = Math.round(now_ns.value / 1e9);
  const head_s = Math.round((head ?? now_ns.value) / 1e9);
  return /* @__PURE__ */ a4(
    "div",
    {
      class: "timeline",
      "data-second": second,
      role: "slider",
      tabIndex: 0,
      "aria-label": "Playhead",
      "aria-valuemin": now_s - 1800,
      "aria-valuemax": now_s,
      "aria-valuenow": head_s,
      "aria-valuetext": head === null ? "live" : `${clock(head, offset)} local`,
      onPointerDown: scrub,
      onPointerMove: scrub,
      children: /* @__PURE__ */ a4("canvas", { ref, "aria-hidden": "true" })
    }
  );
}
function Controls() {
  const head = playhead_ns.value;
  const replaying2 = head !== null;
  const offset = site.value?.utc_offset_s ?? 0;
  const toggle2 = () => {
    if (replaying2) playing.value = !playing.value;
    else {
      step(-10);
      playing.value = false;
    }
  };
  const still = replaying2 && !playing.value;
  return /* @__PURE__ */ a4("section", { class: "controls", "aria-label": "Replay", "data-pane": true, children: [
    /* @__PURE__ */ a4("div", { class: "row", children: [
      /* @__PURE__ */ a4("button", { type: "button", onClick: toggle2, "aria-label": still ? "Play" : "Pause", children: still ? "▶" : "❚❚" }),
      /* @__PURE__ */ a4("button", { type: "button", onClick: () => step(-10), children: "−10 s" }),
      /* @__PURE__ */ a4("button", { type: "button", onClick: () => step(10), disabled: !replaying2, children: "+10 s" })
    ] }),
    /* @__PURE__ */ a4("div", { class: "row", children: [
      [1, 4, 16].map((r4) => /* @__PURE__ */ a4(
        "button",
        {
          type: "button",
          disabled: !replaying2,
          "aria-pressed": replaying2 && rate.value === r4,
          onClick: () => playAt(r4),
          children: [
            r4,
            "×"
          ]
        },
        r4
      )),
      /* @__PURE__ */ a4("button", { type: "button", class: "live", "aria-pressed": !replaying2, onClick: goLive, children: "LIVE" })
    ] }),
    /* @__PURE__ */ a4("p", { class: "moment", children: [
      /* @__PURE__ */ a4("b", { children: clock(head ?? now_ns.value, offset) }),
      " ",
      /* @__PURE__ */ a4("span", { children: replaying2 ? "replay, local" : "local" })
    ] })
  ] });
}

// src/main.tsx
function Dialogs() {
  const open = dialog.value;
  switch (open?.name) {
    case "help":
      return /* @__PURE__ */ a4(Help, {});
    case "posture":
      return /* @__PURE__ */ a4(ChangePosture, {});
    case "drill":
      return /* @__PURE__ */ a4(Drill, {});
    case "clear":
      return /* @__PURE__ */ a4(ClearStatement, {});
    case "duty":
      return /* @__PURE__ */ a4(Duty, {});
    case "incidents":
      return /* @__PURE__ */ a4(IncidentRecord, { open: open.open }, open.open);
    case "sensors":
      return /* @__PURE__ */ a4(Sensors, {});
    case "note":
      return /* @__PURE__ */ a4(Note, { label: open.label });
    case "interrogate":
      return /* @__PURE__ */ a4(Interrogate, { label: open.label }, open.label);
    case "dismiss":
      return /* @__PURE__ */ a4(Dismiss, { label: open.label }, open.label);
    case "reclassify":
      return /* @__PURE__ */ a4(Reclassify, { label: open.label }, open.label);
    default:
      return null;
  }
}
function OldPicture() {
  if (replaying.value || !old.value || !live.value?.t_ns) return null;
  return /* @__PURE__ */ a4("p", { class: "oldpicture", role: "alert", children: [
    /* @__PURE__ */ a4("b", { children: linked.value ? "DATA IS OLD" : "NO LINK TO THE SERVICE" }),
    " ",
    "the picture is ",
    age(age_s.value),
    " old and does not move"
  ] });
}
function Said() {
  const said2 = said.value;
  return /* @__PURE__ */ a4("p", { class: `said${said2 ? said2.wrong ? " wrong" : "" : " unseen"}`, role: "status", children: said2?.text ?? "" });
}
function Alarmed() {
  const open = (live.value?.alarms ?? []).filter((a5) => !a5.acknowledged_by).map((a5) => `Alarm: ${a5.what}. ${a5.where}.`);
  return /* @__PURE__ */ a4("p", { class: "unseen", role: "alert", children: open.join(" ") });
}
function Console() {
  const replaying2 = replaying.value;
  A2(toMap, []);
  return /* @__PURE__ */ a4("div", { class: `console${replaying2 ? " replaying" : ""}`, children: [
    /* @__PURE__ */ a4(TopBar, {}),
    /* @__PURE__ */ a4(PostureBanner, {}),
    /* @__PURE__ */ a4(LeftPanel, {}),
    /* @__PURE__ */ a4("main", { class: "centre", children: [
      /* @__PURE__ */ a4(AirMap, {}),
      /* @__PURE__ */ a4(HeightStrip, {}),
      replaying2 && /* @__PURE__ */ a4("p", { class: "replayword", role: "status", children: [
        "REPLAY ",
        clock(playhead_ns.value ?? 0, site.value?.utc_offset_s ?? 0),
        " local · alerts and posture stay live"
      ] }),
      /* @__PURE__ */ a4(OldPicture, {})
    ] }),
    /* @__PURE__ */ a4(Controls, {}),
    /* @__PURE__ */ a4("section", { class: "timebox", "aria-label": "Timeline", "data-pane": true, children: /* @__PURE__ */ a4(Timeline, {}) }),
    /* @__PURE__ */ a4("aside", { class: "right", "aria-label": "Alerts, track, log", children: [
      /* @__PURE__ */ a4(Alerts, {}),
      /* @__PURE__ */ a4(TrackPanel, {}),
      /* @__PURE__ */ a4(Log, {})
    ] }),
    /* @__PURE__ */ a4(Said, {}),
    /* @__PURE__ */ a4(Alarmed, {}),
    /* @__PURE__ */ a4(Dialogs, {})
  ] });
}
function Page() {
  if (me.value?.first_start) return /* @__PURE__ */ a4(SetUp, {});
  if (mustSignIn.value) return /* @__PURE__ */ a4(SignIn, {});
  if (!site.value) return /* @__PURE__ */ a4("main", { class: "door", children: /* @__PURE__ */ a4("p", { children: "The service is asked …" }) });
  return /* @__PURE__ */ a4(Console, {});
}
x2(() => void (document.documentElement.dataset.theme = theme.value));
x2(() => {
  const mark = exercise.value ? "EXERCISE · " : "";
  const open = (live.value?.alarms ?? []).filter((a5) => !a5.acknowledged_by).length;
  document.title = `${mark}${open ? `(${open}) ` : ""}${site.value?.title ?? "bartizan"}`;
});
x2(() => {
  if (site.value) void cover(coverHeight_m.value);
});
x2(() => {
  const said2 = said.value;
  if (said2) setTimeout(() => said.value === said2 && (said.value = null), said2.wrong ? 9e3 : 5e3);
});
var root = document.getElementById("console");
if (root) Q(/* @__PURE__ */ a4(Page, {}), root);
keepListening();
keepTime();
keepPlaying();
keepSounding();
void start();
