/**
 * What a sanitised SVG may consist of. Lists of what is allowed, since a list of what is forbidden is never whole. @see SVG 2; Filter Effects 1;
 * SVG Animations 2.
 */

const words = (text: string): ReadonlySet<string> => new Set(text.trim().split(/\s+/))

/**
 * Elements. Left out on purpose: `script`, `foreignObject`, `handler`, `listener`, `iframe` and all other HTML (they run or load something),
 * `metadata` (authors and paths), `cursor`, `font-face-uri` and `color-profile` (they load).
 */
export const svgElements: ReadonlySet<string> = words(`
  svg g defs symbol use switch title desc style view
  path rect circle ellipse line polyline polygon image marker
  text tspan textPath
  linearGradient radialGradient stop pattern clipPath mask
  filter feBlend feColorMatrix feComponentTransfer feComposite feConvolveMatrix feDiffuseLighting feDisplacementMap feDistantLight
  feDropShadow feFlood feFuncA feFuncB feFuncG feFuncR feGaussianBlur feImage feMerge feMergeNode feMorphology feOffset fePointLight
  feSpecularLighting feSpotLight feTile feTurbulence
  animate animateMotion animateTransform set mpath
`)

/** Elements whose text is kept; text anywhere else is drawn by nobody. */
export const svgTextElements: ReadonlySet<string> = words('text tspan textPath title desc style')

/** Attributes of any element, without a namespace. `href`, `style` and `attributeName` are looked at on their own. */
export const svgAttributes: ReadonlySet<string> = words(`
  id class lang tabindex role aria-label aria-hidden aria-labelledby aria-describedby
  requiredFeatures requiredExtensions systemLanguage
  version baseProfile viewBox preserveAspectRatio width height x y x1 x2 y1 y2 cx cy r rx ry fx fy fr dx dy d points pathLength transform
  alignment-baseline baseline-shift clip clip-path clip-rule color color-interpolation color-interpolation-filters color-rendering cursor
  direction display dominant-baseline enable-background fill fill-opacity fill-rule filter flood-color flood-opacity font font-family
  font-size font-size-adjust font-stretch font-style font-variant font-weight glyph-orientation-horizontal glyph-orientation-vertical
  image-rendering isolation kerning letter-spacing lighting-color marker marker-end marker-mid marker-start mask mask-type mix-blend-mode
  opacity overflow paint-order pointer-events shape-rendering stop-color stop-opacity stroke stroke-dasharray stroke-dashoffset
  stroke-linecap stroke-linejoin stroke-miterlimit stroke-opacity stroke-width text-anchor text-decoration text-orientation text-overflow
  text-rendering transform-origin unicode-bidi vector-effect visibility white-space word-spacing writing-mode
  rotate textLength lengthAdjust startOffset method spacing side
  gradientUnits gradientTransform spreadMethod offset patternUnits patternContentUnits patternTransform clipPathUnits maskUnits
  maskContentUnits markerUnits markerWidth markerHeight refX refY orient
  filterUnits primitiveUnits filterRes in in2 result mode type values tableValues slope intercept amplitude exponent operator k1 k2 k3 k4
  order kernelMatrix divisor bias targetX targetY edgeMode kernelUnitLength preserveAlpha surfaceScale diffuseConstant specularConstant
  specularExponent limitingConeAngle azimuth elevation z pointsAtX pointsAtY pointsAtZ scale xChannelSelector yChannelSelector
  stdDeviation radius baseFrequency numOctaves seed stitchTiles
  attributeName attributeType begin dur end min max restart repeatCount repeatDur fill calcMode keyTimes keySplines keyPoints from to by
  additive accumulate path
  media title
`)

/** CSS functions that load nothing. `url` may stand too, when it points into the same file. */
export const cssFunctions: ReadonlySet<string> = words(`
  rgb rgba hsl hsla hwb lab lch oklab oklch color color-mix calc min max clamp var
  matrix matrix3d translate translatex translatey translate3d translatez scale scalex scaley scale3d rotate rotatex rotatey rotatez rotate3d
  skew skewx skewy perspective
  blur brightness contrast drop-shadow grayscale hue-rotate invert opacity saturate sepia
  cubic-bezier steps linear inset circle ellipse polygon path rect
  not is where nth-child nth-last-child nth-of-type nth-last-of-type lang has
`)

/** CSS at-rules that load nothing. `@import`, `@font-face` and `@namespace` are not among them. */
export const cssRules: ReadonlySet<string> = words('media supports keyframes -webkit-keyframes layer container')
