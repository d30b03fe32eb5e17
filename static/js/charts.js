/* Draws every [data-chart] from the JSON it names; the table below says the same.
   Canvas and rich text only: the content security policy allows no inline style. */
(function () {
  "use strict";

  var LIGHT = {
    series: ["#1D6FC4", "#E0670A", "#009E73", "#D6459A", "#2E1A47", "#7A5A00"],
    text: "#1B1F24", muted: "#57606A", line: "#E3E6EA", axis: "#7A828C", bg: "#FFFFFF",
    promoter: "#0A6B3D", passive: "#7A828C", detractor: "#B42318"
  };
  var DARK = {
    series: ["#7DB8FF", "#FF9F5A", "#1F9E8A", "#FFB8E3", "#FFFFFF", "#B08900"],
    text: "#E6E9ED", muted: "#A7B0BB", line: "#2F363E", axis: "#7C8794", bg: "#1B1F24",
    promoter: "#5FD39A", passive: "#A7B0BB", detractor: "#FF8A80"
  };
  var DASHES = ["solid", [7, 4], [2, 3], [9, 3, 2, 3], "solid", [4, 4]];
  var MARKS = ["circle", "rect", "triangle", "diamond", "pin", "arrow"];
  var SERIES_AT_MOST = 12;

  var root = document.documentElement;
  var lang = root.lang || "en";
  var still = window.matchMedia("(prefers-reduced-motion: reduce)").matches;
  var font = getComputedStyle(document.body).fontFamily;
  var drawn = [];
  var isPrinting = false;

  function isDark() {
    if (root.dataset.bsTheme === "auto") {
      return window.matchMedia("(prefers-color-scheme: dark)").matches;
    }
    return root.dataset.bsTheme === "dark";
  }

  function writer(spec, isShort) {
    var options = { maximumFractionDigits: spec.format === "score" ? 1 : 2 };
    if (spec.format === "percent") {
      options = { style: "percent", maximumFractionDigits: isShort ? 0 : 1 };
    } else if (spec.format === "money" && spec.currency) {
      options = { style: "currency", currency: spec.currency, maximumFractionDigits: isShort ? 0 : 2 };
    }
    if (isShort && spec.format !== "percent") {
      options.notation = "compact";
    }
    var format = new Intl.NumberFormat(lang === "en" ? "en-GB" : lang, options);
    return function (value) {
      return value === null || value === undefined || value === "-" ? "–" : format.format(value);
    };
  }

  function colourOf(series, index, colours, previous) {
    if (series.role in { promoter: 1, passive: 1, detractor: 1 }) {
      return colours[series.role];
    }
    if (series.role === "negative") {
      return colours.detractor;
    }
    return series.role === "comparison" && previous ? previous : colours.series[index % 6];
  }

  function points(spec, series, kind) {
    var last = series.values.length - 1;
    return series.values.map(function (value, index) {
      if (!(spec.isLastPartial && index === last && kind !== "line")) {
        return value;
      }
      return {
        value: value,
        itemStyle: {
          decal: { symbol: "rect", dashArrayX: [1, 0], dashArrayY: [2, 5], rotation: -Math.PI / 4, color: "rgba(255,255,255,.55)" }
        }
      };
    });
  }

  function errorBars(series, colour, isHorizontal) {
    return {
      type: "custom",
      name: series.name,
      silent: true,
      z: 5,
      tooltip: { show: false },
      data: series.lows.map(function (low, index) {
        return [index, low, series.highs[index]];
      }),
      encode: isHorizontal ? { y: 0, x: [1, 2] } : { x: 0, y: [1, 2] },
      renderItem: function (params, api) {
        if (api.value(1) === null || isNaN(api.value(1))) {
          return null;
        }
        function at(which) {
          return api.coord(isHorizontal ? [api.value(which), api.value(0)] : [api.value(0), api.value(which)]);
        }
        var low = at(1);
        var high = at(2);
        var dx = isHorizontal ? 0 : 5;
        var dy = isHorizontal ? 5 : 0;
        function stroke(from, to) {
          return { type: "line", shape: { x1: from[0], y1: from[1], x2: to[0], y2: to[1] }, style: { stroke: colour, lineWidth: 1.5 } };
        }
        return {
          type: "group",
          children: [
            stroke(low, high),
            stroke([low[0] - dx, low[1] - dy], [low[0] + dx, low[1] + dy]),
            stroke([high[0] - dx, high[1] - dy], [high[0] + dx, high[1] + dy])
          ]
        };
      }
    };
  }

  function oneSeries(spec, series, index, colours, colour) {
    var kind = series.kind || spec.kind;
    var isLine = kind === "line";
    var isComparison = series.role === "comparison";
    var few = series.values.length <= 24;
    return {
      type: isLine ? "line" : "bar",
      name: series.name,
      stack: kind === "stacked" ? "all" : undefined,
      data: points(spec, series, kind),
      color: colour,
      barMaxWidth: 36,
      symbol: MARKS[index % 6],
      symbolSize: 7,
      showSymbol: few,
      connectNulls: false,
      lineStyle: { width: 2, type: isComparison ? "dashed" : DASHES[index % 6], opacity: isComparison ? 0.6 : 1 },
      itemStyle: isLine
        ? { opacity: isComparison ? 0.6 : 1 }
        : { opacity: isComparison ? 0.6 : 1, borderColor: colours.bg, borderWidth: kind === "stacked" ? 1 : 0 },
      emphasis: { focus: "series" },
      labelLayout: { moveOverlap: "shiftY" },
      endLabel: {
        show: isLine && spec.series.length > 1 && spec.series.length <= 5,
        formatter: "{a}",
        color: colours.text,
        distance: 8
      }
    };
  }

  function allSeries(spec, colours) {
    var list = [];
    var colour = null;
    var hue = 0;
    spec.series.slice(0, SERIES_AT_MOST).forEach(function (series, index) {
      colour = colourOf(series, hue, colours, colour);
      if (series.role === "main") {
        hue += 1;
      }
      list.push(oneSeries(spec, series, index, colours, colour));
      if (series.lows.length) {
        list.push(errorBars(series, colours.text, spec.isHorizontal));
      }
    });
    return list;
  }

  function option(spec, colours, label, width) {
    var long = writer(spec, false);
    var short = writer(spec, true);
    var isBars = spec.kind !== "line";
    var hasEndLabels = spec.kind === "line" && spec.series.length > 1 && spec.series.length <= 5 && width > 560;
    var text = { color: colours.muted, fontFamily: font, fontSize: 13 };
    var categories = {
      type: "category",
      data: spec.categories,
      boundaryGap: isBars,
      inverse: spec.isHorizontal,
      axisLabel: Object.assign({ hideOverlap: true, margin: 12, alignMaxLabel: isBars || hasEndLabels ? null : "right" }, text),
      axisLine: { lineStyle: { color: colours.axis } },
      axisTick: { show: false }
    };
    var values = {
      type: "value",
      name: spec.unit,
      nameTextStyle: Object.assign({ align: "left" }, text),
      nameGap: 12,
      min: spec.lowest === null ? undefined : spec.lowest,
      max: spec.highest === null ? undefined : spec.highest,
      scale: !isBars && spec.lowest === null,
      splitNumber: 4,
      interval: spec.lowest === null || spec.highest === null ? undefined : (spec.highest - spec.lowest) / 4,
      axisLabel: Object.assign({ formatter: short }, text),
      splitLine: { lineStyle: { color: colours.line } }
    };
    var series = allSeries(spec, colours);
    series.forEach(function (each) {
      if (each.endLabel && !hasEndLabels) {
        each.endLabel.show = false;
      }
    });
    return {
      animation: !still,
      animationDuration: 250,
      backgroundColor: "transparent",
      textStyle: { fontFamily: font, color: colours.text },
      aria: { enabled: true, label: { description: label }, decal: { show: isBars && spec.series.length > 1 } },
      grid: {
        left: 4, right: hasEndLabels ? 132 : 24, bottom: 4,
        top: spec.series.length > 1 && !hasEndLabels ? (spec.unit ? 60 : 44) : spec.unit ? 36 : 12,
        containLabel: true
      },
      legend: {
        show: spec.series.length > 1 && !hasEndLabels,
        type: "scroll", top: 0, left: 0, itemWidth: 18, itemHeight: 10,
        textStyle: { color: colours.text, fontFamily: font, fontSize: 13 },
        pageTextStyle: { color: colours.text }, pageIconColor: colours.text
      },
      tooltip: {
        trigger: "axis",
        renderMode: "richText",
        confine: true,
        backgroundColor: colours.bg,
        borderColor: colours.axis,
        borderWidth: 1,
        shadowBlur: 0,
        padding: [8, 12],
        textStyle: { color: colours.text, fontFamily: font, fontSize: 13, fontWeight: "normal" },
        axisPointer: { type: isBars ? "shadow" : "line", lineStyle: { color: colours.axis } },
        valueFormatter: long
      },
      xAxis: spec.isHorizontal ? values : categories,
      yAxis: spec.isHorizontal ? categories : values,
      series: series
    };
  }

  function draw(place) {
    var source = document.getElementById(place.dataset.chart);
    if (!source || !window.echarts) {
      return;
    }
    var spec = JSON.parse(source.textContent);
    if (!spec.categories.length) {
      return;
    }
    place.setAttribute("role", "img");
    /* An empty place is hidden; it needs its size before anything is drawn into it. */
    place.classList.add("is-drawn");
    var chart = window.echarts.init(place, null, { renderer: "canvas" });
    chart.setOption(option(spec, isDark() && !isPrinting ? DARK : LIGHT, place.dataset.label, place.clientWidth));
    place.setAttribute("aria-label", place.dataset.label);
    if (spec.links.length) {
      chart.on("click", function (event) {
        if (spec.links[event.dataIndex]) {
          window.location.href = spec.links[event.dataIndex];
        }
      });
    }
    drawn.push({ chart: chart, spec: spec, place: place });
  }

  function drawAll(within) {
    within.querySelectorAll("[data-chart]:not(.is-drawn)").forEach(draw);
  }

  function redraw() {
    drawn.forEach(function (each) {
      each.chart.resize();
      each.chart.setOption(
        option(each.spec, isDark() && !isPrinting ? DARK : LIGHT, each.place.dataset.label, each.place.clientWidth),
        { notMerge: true }
      );
    });
  }

  drawAll(document);
  var waiting = null;
  window.addEventListener("resize", function () {
    window.clearTimeout(waiting);
    waiting = window.setTimeout(redraw, 150);
  });
  root.addEventListener("themechange", redraw);
  /* Paper is white whatever the screen is. */
  [["beforeprint", true], ["afterprint", false]].forEach(function (each) {
    window.addEventListener(each[0], function () {
      isPrinting = each[1];
      if (isDark()) {
        redraw();
        drawn.forEach(function (one) {
          one.chart.getZr().flush();
        });
      }
    });
  });
  document.addEventListener("htmx:afterSwap", function (event) {
    drawn = drawn.filter(function (each) {
      return document.body.contains(each.place);
    });
    drawAll(event.target);
  });
})();
