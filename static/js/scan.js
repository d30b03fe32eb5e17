/* Reads a card or a voucher with the camera, and searches for it. Everything works without
   this file: its button shows only where there is a camera that the browser lets us use. */
(function () {
  "use strict";

  var FORMATS = ["qr_code", "code_128", "code_39", "ean_13", "ean_8", "upc_a", "itf", "codabar"];
  var PAUSE = 120;

  var form = document.querySelector("form[data-scan]");
  if (!form || !navigator.mediaDevices || !window.HTMLDialogElement) {
    return;
  }
  var field = form.querySelector("input[name=q]");
  var button = form.querySelector("[data-scan-open]");
  var dialog = document.querySelector("dialog[data-scan-dialog]");
  var video = dialog.querySelector("video");
  var trouble = dialog.querySelector("[data-scan-trouble]");
  var hint = dialog.querySelector("[data-scan-hint]");
  var turn = 0;

  function load(address) {
    return new Promise(function (resolve, reject) {
      var script = document.createElement("script");
      script.src = address;
      script.onload = resolve;
      script.onerror = reject;
      document.head.append(script);
    });
  }

  /* The browser's own reader knows bars too; where there is none, ours reads QR codes. */
  async function ownReader() {
    if (!window.BarcodeDetector) {
      return null;
    }
    var known = await window.BarcodeDetector.getSupportedFormats();
    var formats = FORMATS.filter(function (each) { return known.includes(each); });
    if (!formats.length) {
      return null;
    }
    var detector = new window.BarcodeDetector({ formats: formats });
    return async function () {
      var found = await detector.detect(video);
      return found.length ? found[0].rawValue : "";
    };
  }

  async function reader() {
    var own = await ownReader();
    if (own) {
      return own;
    }
    if (!window.jsQR) {
      await load(form.dataset.scan);
    }
    var canvas = document.createElement("canvas");
    var picture = canvas.getContext("2d", { willReadFrequently: true });
    return async function () {
      canvas.width = video.videoWidth;
      canvas.height = video.videoHeight;
      picture.drawImage(video, 0, 0);
      var pixels = picture.getImageData(0, 0, canvas.width, canvas.height);
      var found = window.jsQR(pixels.data, pixels.width, pixels.height);
      return found ? found.data : "";
    };
  }

  function stop() {
    turn += 1;
    if (video.srcObject) {
      video.srcObject.getTracks().forEach(function (track) { track.stop(); });
      video.srcObject = null;
    }
  }

  function show(isTrouble) {
    trouble.hidden = !isTrouble;
    hint.hidden = isTrouble;
    video.hidden = isTrouble;
  }

  async function look(mine) {
    var stream = await navigator.mediaDevices.getUserMedia({
      video: { facingMode: "environment" }
    });
    if (mine !== turn) {
      stream.getTracks().forEach(function (track) { track.stop(); });
      return;
    }
    video.srcObject = stream;
    await video.play();
    var read = await reader();
    while (mine === turn) {
      var text = video.videoWidth ? await read() : "";
      if (text && mine === turn) {
        field.value = text.trim().slice(0, field.maxLength);
        dialog.close();
        form.requestSubmit();
        return;
      }
      await new Promise(function (resolve) { setTimeout(resolve, PAUSE); });
    }
  }

  button.hidden = false;
  button.addEventListener("click", function () {
    stop();
    show(false);
    dialog.showModal();
    var mine = turn;
    look(mine).catch(function () {
      if (mine === turn) {
        stop();
        show(true);
      }
    });
  });
  dialog.addEventListener("close", function () {
    stop();
    field.focus();
  });
})();
