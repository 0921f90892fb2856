'use strict';
(() => {
  const GAP = 24, HEAD = 14, MARGIN = 14, EDGE = 18;
  const models = JSON.parse(document.getElementById('drawings').textContent);
  const tip = document.getElementById('tip');
  const calm = matchMedia('(prefers-reduced-motion: reduce)').matches;

  // A drawing: the same placement as on the side that wrote it.
  class Drawing {
    constructor(figure) {
      this.key = figure.dataset.drawing;
      this.view = figure.querySelector('.view');
      this.svg = this.view.querySelector('svg');
      this.all = this.svg.querySelector('.all');
      this.zoom = 1;
      figure.querySelectorAll('button').forEach(b => b.addEventListener('click', () => this.act(b.dataset.do)));
      this.svg.addEventListener('click', e => this.toggle(e));
      this.svg.addEventListener('keydown', e => {
        if (e.key === 'Enter' || e.key === ' ') { this.toggle(e); }
      });
      this.view.addEventListener('wheel', e => {
        if (e.ctrlKey) { e.preventDefault(); this.scale(this.zoom * Math.exp(-e.deltaY / 300)); }
      }, { passive: false });
      this.drag();
      this.place();
      this.scale(Math.max(0.55, Math.min(1, this.view.clientWidth / this.width)));
      this.view.scrollLeft = (this.view.scrollWidth - this.view.clientWidth) / 2;
    }

    element(id) { return document.getElementById(this.key + '-' + id); }

    extent(level) {
      let left = Infinity, right = -Infinity, y = 0;
      const spots = level.layers.map(layer => {
        const row = layer.map(box => this.sized(box));
        const height = Math.max(...row.map(s => s.h));
        row.forEach((s, i) => {
          s.shift = i === 0 ? 0 : row[i - 1].shift + row[i - 1].right + s.left - (layer[i - 1][2] + layer[i][2]) / 2;
        });
        const open = row.filter(s => s.inside);
        const mean = open.length ? open.reduce((sum, s) => sum + s.shift, 0) / open.length : 0;
        row.forEach((s, i) => {
          s.x = layer[i][1] + s.shift - mean;
          s.bend = layer[i][0] === null;
          s.top = y;
          s.bottom = y + height;
          s.y = s.bend ? y : y + (height - s.h) / 2;
          if (s.bend) { s.h = height; }
          left = Math.min(left, s.x - s.left);
          right = Math.max(right, s.x + s.right);
        });
        y += height + GAP;
        return row;
      });
      const end = at => spots[at][Math.max(0, level.layers[at].findIndex(b => b[0] === null && b[3] === 0))].x;
      return { spots, left, right, height: y - GAP, first: end(0), last: end(spots.length - 1) };
    }

    sized(box) {
      const half = box[2] / 2;
      if (box[5] && this.element(box[0]).classList.contains('open')) {
        const inside = this.extent(box[5]);
        return {
          left: Math.max(inside.first - inside.left + MARGIN, box[4]),
          right: Math.max(inside.right - inside.first + MARGIN, half),
          h: inside.height + HEAD, inside
        };
      }
      return { left: half, right: half, h: box[3] };
    }

    path(way) {
      let before = way[0];
      let x = before.inside ? before.x + before.inside.last - before.inside.first : before.x;
      let d = `M${x} ${before.y + before.h - (before.bend ? HEAD : 0)}V${before.bottom}`;
      way.slice(1).forEach((s, i) => {
        const middle = (before.bottom + s.top) / 2, straight = Math.abs(x - s.x) < 0.05;
        if (!straight) { d += `C${x} ${middle} ${s.x} ${middle} ${s.x} ${s.top}`; }
        const y = i < way.length - 2 ? s.bottom : s.y;
        if (y > s.top || straight) { d += `V${y}`; }
        x = s.x;
        before = s;
      });
      return d;
    }

    draw(level, extent, group) {
      const lines = group.querySelector(':scope > .links').children;
      level.links.forEach((link, i) => {
        const way = link.map(at => extent.spots[at[0]][at[1]]), last = way[way.length - 1], line = lines[i];
        line.setAttribute('d', this.path(way));
        if (!line.classList.contains('back')) {
          if (last.bend || last.inside) { line.removeAttribute('marker-end'); } else { line.setAttribute('marker-end', `url(#${this.key}-arrow)`); }
        }
      });
      level.layers.forEach((layer, i) => layer.forEach((box, j) => {
        if (box[0] === null) { return; }
        const s = extent.spots[i][j], g = this.element(box[0]);
        g.setAttribute('transform', `translate(${s.x - s.left} ${s.y})`);
        if (s.inside) {
          const opened = g.querySelector(':scope > .opened');
          const frame = opened.querySelector(':scope > .frame'), inside = opened.querySelector(':scope > .inside');
          frame.setAttribute('width', s.left + s.right);
          frame.setAttribute('height', s.h);
          opened.querySelector(':scope > .head > .hit').setAttribute('width', s.left + s.right - 6);
          inside.setAttribute('transform', `translate(${s.left - s.inside.first} ${HEAD})`);
          this.draw(box[5], s.inside, inside);
        }
      }));
    }

    place() {
      const level = models[this.key], extent = this.extent(level);
      this.width = extent.right - extent.left + 2 * EDGE;
      this.height = extent.height + 2 * EDGE;
      this.all.setAttribute('transform', `translate(${EDGE - extent.left} ${EDGE})`);
      this.svg.setAttribute('viewBox', `0 0 ${this.width} ${this.height}`);
      this.draw(level, extent, this.all);
      this.scale(this.zoom);
    }

    scale(zoom) {
      this.zoom = Math.max(0.05, Math.min(3, zoom));
      this.svg.setAttribute('width', this.width * this.zoom);
      this.svg.setAttribute('height', this.height * this.zoom);
    }

    act(what) {
      if (what === 'in') { this.scale(this.zoom * 1.25); }
      if (what === 'out') { this.scale(this.zoom / 1.25); }
      if (what === 'fit') {
        this.scale(Math.min(1.5, this.view.clientWidth / this.width, parseFloat(getComputedStyle(this.view).maxHeight) / this.height));
      }
      if (what === 'open' || what === 'close') {
        this.svg.querySelectorAll('.region').forEach(r => r.classList.toggle('open', what === 'open'));
        this.place();
      }
    }

    toggle(event) {
      const button = event.target.closest('.closed, .head');
      if (!button) { return; }
      event.preventDefault();
      hide();
      const region = button.closest('.region'), before = region.getBoundingClientRect();
      const open = region.classList.toggle('open');
      this.place();
      const after = region.getBoundingClientRect();
      this.view.scrollTop += after.top - before.top;
      this.view.scrollLeft += after.left + after.width / 2 - before.left - before.width / 2;
      if (event.type === 'keydown') {
        region.querySelector(open ? ':scope > .opened > .head' : ':scope > .closed').focus({ preventScroll: true });
      }
    }

    /** Opens what a node is in, and shows it. */
    show(node) {
      for (let r = node.parentNode.closest('.region'); r; r = r.parentNode.closest('.region')) { r.classList.add('open'); }
      this.place();
      node.setAttribute('tabindex', '0');
      node.scrollIntoView({ block: 'center', inline: 'center', behavior: calm ? 'auto' : 'smooth' });
      node.focus({ preventScroll: true });
    }

    drag() {
      let from = null;
      this.view.addEventListener('pointerdown', e => {
        if (e.pointerType === 'mouse' && e.button === 0 && !e.target.closest('.closed, .head')) {
          from = [e.clientX, e.clientY, this.view.scrollLeft, this.view.scrollTop];
        }
      });
      addEventListener('pointermove', e => {
        if (from) {
          this.view.classList.add('grab');
          this.view.scrollLeft = from[2] - e.clientX + from[0];
          this.view.scrollTop = from[3] - e.clientY + from[1];
        }
      });
      addEventListener('pointerup', () => { from = null; this.view.classList.remove('grab'); });
    }
  }

  const drawings = new Map([...document.querySelectorAll('figure[data-drawing]')].map(f => [f.dataset.drawing, new Drawing(f)]));

  // Descriptions, on hover, focus and tap.
  function hide() { tip.hidden = true; }
  function tell(target) {
    tip.textContent = target.dataset.tip;
    tip.hidden = false;
    const box = (target.querySelector('rect') || target).getBoundingClientRect();
    const left = Math.min(Math.max(8, box.left + box.width / 2 - tip.offsetWidth / 2), innerWidth - tip.offsetWidth - 8);
    const below = box.bottom + 8 + tip.offsetHeight < innerHeight;
    tip.style.left = left + 'px';
    tip.style.top = Math.max(8, below ? box.bottom + 8 : box.top - 8 - tip.offsetHeight) + 'px';
  }
  const told = e => e.target.closest && e.target.closest('[data-tip]');
  ['pointerover', 'focusin', 'click'].forEach(type => document.addEventListener(type, e => {
    const target = told(e);
    if (target && document.contains(target) && target.getClientRects().length) { tell(target); } else if (type !== 'focusin') { hide(); }
  }));
  document.addEventListener('focusout', hide);
  document.addEventListener('scroll', () => { if (!document.activeElement.closest('[data-tip]')) { hide(); } }, true);
  document.addEventListener('keydown', e => { if (e.key === 'Escape') { hide(); } });

  // Links to nodes.
  function follow() {
    const node = location.hash && document.getElementById(decodeURIComponent(location.hash.slice(1)));
    if (node && node.closest('.network')) { drawings.get(node.id.split('-')[0]).show(node); }
  }
  document.addEventListener('click', e => {
    const link = e.target.closest && e.target.closest('a[href^="#"]');
    if (link && link.hash === location.hash) { follow(); }
  });
  addEventListener('hashchange', follow);
  follow();
})();
