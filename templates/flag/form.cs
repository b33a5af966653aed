<?cs include!"layout/_forms.cs" ?>
<nav class="crumbs" aria-label="Path"><a href="/flags">Feature flags</a></nav>
<div class="narrow">
<h1><span class="code"><?cs var:row.name ?></span></h1>
<p><?cs if:row.help ?><?cs var:row.help ?>.<?cs else ?>This version does not know the flag: it switches nothing.<?cs /if ?></p>
<?cs call:errors(form.errors) ?>
<form class="edit" method="post" action="/flags/<?cs var:row.id ?>" novalidate>
<input type="hidden" name="csrf" value="<?cs var:csrf ?>">
<input type="hidden" name="version" value="<?cs var:form.version.value ?>">
<div class="field<?cs if:form.state.error ?> wrong<?cs /if ?>">
<label for="f-state"><?cs var:form.state.label ?></label>
<select id="f-state" name="state"<?cs call:described(form.state, "state", "") ?>>
<?cs call:option("on", "Everybody", form.state.value) ?><?cs call:option("off", "Nobody: as if it were not there", form.state.value) ?><?cs call:option("percent", "Some percent of users and API clients", form.state.value) ?></select>
<?cs call:about(form.state, "state", "") ?></div>
<div class="field<?cs if:form.percent.error ?> wrong<?cs /if ?>">
<label for="f-percent"><?cs var:form.percent.label ?> <span class="optional">optional</span></label>
<input id="f-percent" name="percent" type="text" inputmode="numeric" maxlength="3" autocomplete="off" value="<?cs var:form.percent.value ?>"<?cs call:described(form.percent, "percent", "Only for some percent. Whoever has it keeps it when the number rises; who is not signed in counts by address.") ?>>
<?cs call:about(form.percent, "percent", "Only for some percent. Whoever has it keeps it when the number rises; who is not signed in counts by address.") ?></div>
<div class="actions"><button class="primary" type="submit">Save</button>
<a href="/flags">Cancel</a></div>
</form>
</div>
