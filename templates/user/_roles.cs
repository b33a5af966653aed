<fieldset class="lines" id="f-roles"><legend>Roles</legend>
<ol class="line-rows">
<?cs each:l = form.roles ?><li class="line">
<div class="cell<?cs if:l.role.error ?> wrong<?cs /if ?>"><label for="f-roles-<?cs var:name(l) ?>-role">Role</label>
<select id="f-roles-<?cs var:name(l) ?>-role" name="roles.<?cs var:name(l) ?>.role"<?cs call:described(l.role, l.role.id, "") ?>><option value="">None</option>
<?cs each:k = all_roles ?><?cs call:option(k.name, k.name, l.role.value) ?><?cs /each ?></select>
<?cs call:about(l.role, l.role.id, "") ?></div>
<div class="cell<?cs if:l.location.error ?> wrong<?cs /if ?>"><label for="f-roles-<?cs var:name(l) ?>-location">Location</label>
<input id="f-roles-<?cs var:name(l) ?>-location" name="roles.<?cs var:name(l) ?>.location" value="<?cs var:l.location.value ?>" maxlength="<?cs var:location_max ?>" class="code" autocomplete="off" autocapitalize="none" spellcheck="false"<?cs call:described(l.location, l.location.id, "") ?>>
<?cs call:about(l.location, l.location.id, "") ?></div>
</li>
<?cs /each ?></ol>
<p class="hint">With a location the role holds there and for all below it; without one everywhere. Set a role to None to take it away.</p>
</fieldset>
