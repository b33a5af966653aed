<?cs # Controls with label, hint and error, the same everywhere. f is the node form.<field>. ?>
<?cs def:labelled(e) ?><?cs if:e.line ?>Line <?cs var:e.line ?><?cs if:string.length(form[e.field].label) ?>, <?cs else ?>: <?cs /if ?><?cs /if ?><?cs if:string.length(form[e.field].label) ?><?cs var:form[e.field].label ?>: <?cs /if ?><?cs var:e.detail ?><?cs /def ?>

<?cs def:errors(list) ?><?cs if:subcount(list) > 0 ?>
<div class="summary" role="alert" tabindex="-1" id="errors">
<h2><?cs if:subcount(list) == 1 ?>One thing to put right<?cs else ?><?cs var:subcount(list) ?> things to put right<?cs /if ?></h2>
<ul>
<?cs each:e = list ?><li><?cs if:e.control ?><a href="#<?cs var:e.control ?>"><?cs call:labelled(e) ?></a><?cs else ?><?cs var:e.detail ?><?cs /if ?></li>
<?cs /each ?></ul>
</div>
<?cs /if ?><?cs /def ?>

<?cs def:about(f, name, hint) ?><?cs if:hint ?><p class="hint" id="h-<?cs var:name ?>"><?cs var:hint ?></p>
<?cs /if ?><?cs if:f.differs ?><p class="now" id="n-<?cs var:name ?>">Stored now: <?cs if:string.length(f.now) ?><span class="lines"><?cs var:f.now ?></span><?cs else ?>nothing<?cs /if ?></p>
<?cs /if ?><?cs if:f.error ?><p class="wrong-text" id="e-<?cs var:name ?>"><?cs var:f.error ?></p>
<?cs /if ?><?cs /def ?>

<?cs def:described(f, name, hint) ?><?cs if:f.error ?> aria-invalid="true" aria-describedby="e-<?cs var:name ?><?cs if:hint ?> h-<?cs var:name ?><?cs /if ?>"<?cs elif:f.differs ?> aria-describedby="n-<?cs var:name ?><?cs if:hint ?> h-<?cs var:name ?><?cs /if ?>"<?cs elif:hint ?> aria-describedby="h-<?cs var:name ?>"<?cs /if ?><?cs /def ?>

<?cs def:text(f, name, hint, kind) ?><div class="field<?cs if:f.error ?> wrong<?cs /if ?>">
<label for="f-<?cs var:name ?>"><?cs var:f.label ?><?cs if:kind == "optional" || kind == "optional-code" ?> <span class="optional">optional</span><?cs /if ?></label>
<input id="f-<?cs var:name ?>" name="<?cs var:name ?>" type="text" value="<?cs var:f.value ?>" maxlength="<?cs var:f.max ?>" autocomplete="off"<?cs if:kind == "code" || kind == "optional-code" ?> class="code" autocapitalize="none" spellcheck="false"<?cs /if ?><?cs if:kind == "code" || kind == "required" ?> required<?cs /if ?><?cs if:f.focus ?> autofocus<?cs /if ?><?cs call:described(f, name, hint) ?>>
<?cs call:about(f, name, hint) ?></div>
<?cs /def ?>

<?cs def:area(f, name, hint, rows) ?><div class="field<?cs if:f.error ?> wrong<?cs /if ?>">
<label for="f-<?cs var:name ?>"><?cs var:f.label ?> <span class="optional">optional</span></label>
<textarea id="f-<?cs var:name ?>" name="<?cs var:name ?>" rows="<?cs var:rows ?>"<?cs if:f.max ?> maxlength="<?cs var:f.max ?>"<?cs /if ?><?cs call:described(f, name, hint) ?>>
<?cs var:f.value ?></textarea>
<?cs call:about(f, name, hint) ?></div>
<?cs /def ?>

<?cs def:option(value, label, now) ?><option value="<?cs var:value ?>"<?cs if:value == now ?> selected<?cs /if ?>><?cs var:label ?></option>
<?cs /def ?>
